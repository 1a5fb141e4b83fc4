#!/bin/sh
# dockerd.sh start  - leaves an engine that answers: the machine's own, or docker.io, started here as root.
# dockerd.sh stop   - ends the engine that `start` started, if any, and removes what it left outside build/.
# dockerd.sh client - prints the path of the client that talks to the engine.
# Its images lie in build/docker/data, so the cached ones survive a stop and go with `make clean`.
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
state=$top/build/docker
# A socket's path has 107 bytes at most, so the engine's own sockets cannot lie under a deep build folder.
run_root=/run/appsig-test-docker
seconds_to_answer=60
seconds_to_stop=30

client() {
    # The first one on the PATH may come without an engine; Debian's belongs to the engine started here.
    if [ -x /usr/bin/docker ]; then echo /usr/bin/docker; else command -v docker; fi
}

answers() {
    docker=$(client) && "$docker" version --format '{{.Server.Version}}' >/dev/null 2>&1
}

started_pid() {
    [ -s "$state/dockerd.pid" ] || return 1
    pid=$(cat "$state/dockerd.pid")
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = dockerd ] && echo "$pid"
}

wait_for_end() {
    tenths=0
    while kill -0 "$1" 2>/dev/null; do
        if [ "$tenths" -ge $((seconds_to_stop * 10)) ]; then
            echo "dockerd.sh: process $1 still runs $seconds_to_stop s after SIGTERM" >&2
            exit 1
        fi
        sleep 0.1
        tenths=$((tenths + 1))
    done
}

sweep() {
    # A dockerd that was killed leaves its containerd behind, which holds the lock of the data.
    if pid=$(cat "$run_root/containerd/containerd.pid" 2>/dev/null) &&
        [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = containerd ]; then
        kill -TERM "$pid"
        wait_for_end "$pid"
    fi
    # The engine mounts its data on itself and leaves the network namespaces that containers had; what lies deeper
    # is mounted later, and goes first.
    tac /proc/mounts | awk -v data="$state/data" -v run="$run_root/" \
        'index($2, run) == 1 || $2 == data || index($2, data "/") == 1 { print $2 }' | xargs -r umount
    rm -rf "$run_root" "$state/dockerd.pid"
}

start() {
    ! answers || return 0
    if [ "$(id -u)" -ne 0 ]; then
        echo "dockerd.sh: no Docker engine answers, and only root can start one" >&2
        exit 1
    fi
    "$top/mk/need.sh" docker.io iptables
    sweep
    mkdir -p "$state/data" "$run_root"
    setsid dockerd --data-root "$state/data" --exec-root "$run_root" --pidfile "$state/dockerd.pid" \
        >"$state/dockerd.log" 2>&1 </dev/null &
    launched=$!
    tenths=0
    until answers; do
        if ! kill -0 "$launched" 2>/dev/null || [ "$tenths" -ge $((seconds_to_answer * 10)) ]; then
            echo "dockerd.sh: dockerd does not answer; the end of $state/dockerd.log:" >&2
            tail -n 20 "$state/dockerd.log" >&2
            exit 1
        fi
        sleep 0.1
        tenths=$((tenths + 1))
    done
}

stop() {
    pid=$(started_pid) || return 0
    kill -TERM "$pid"
    wait_for_end "$pid"
    sweep
    # The engine leaves its bridge behind; a start makes it again.
    ! command -v ip >/dev/null || ip link delete docker0 2>/dev/null || true
}

case "${1:-}" in
start | stop | client) "$1" ;;
*)
    echo "usage: dockerd.sh start|stop|client" >&2
    exit 64
    ;;
esac
