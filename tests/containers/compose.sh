#!/bin/sh
# compose.sh v2 - leaves a `docker compose` that works with DOCKER_CONFIG=build/docker/client; made with Go, which
#                 takes two minutes once, where the client has none of its own.
# compose.sh v1 - leaves Debian's `docker-compose` 1.29.
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
docker=$("$top/tests/containers/dockerd.sh" client)
version=v2.29.7
plugins=$top/build/docker/client/cli-plugins

v2() {
    export DOCKER_CONFIG="$top/build/docker/client"
    ! "$docker" compose version >/dev/null 2>&1 || return 0
    command -v go >/dev/null || {
        echo "compose.sh: no \"docker compose\", and no Go to build it" >&2
        exit 1
    }
    mkdir -p "$plugins"
    GOBIN=$plugins GOFLAGS=-mod=mod nice go install "github.com/docker/compose/v2/cmd@$version"
    mv "$plugins/cmd" "$plugins/docker-compose"
}

v1() {
    command -v docker-compose >/dev/null || "$top/mk/need.sh" docker-compose
}

case "${1:-}" in
v1 | v2) "$1" ;;
*)
    echo "usage: compose.sh v1|v2" >&2
    exit 64
    ;;
esac
