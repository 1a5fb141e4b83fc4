#include <dirent.h>
#include <string.h>
#include <time.h>

#include "common/files.h"
#include "common/memory.h"
#include "host-setup/checks.h"
#include "host-setup/merge.h"
#include "host-setup/sockets.h"

enum { MOST_CONFIG = 4 * 1024 * 1024, SETTLE_TRIES = 40, SETTLE_MS = 250, MOST_VERSION = 100 };
enum { MOST_LOG = 64 * 1024 * 1024, RECENT_SECONDS = 600 };

static char *next_set_up(void) {
    return memory_copy(check_words("run 'appsig-setup agent'", "'appsig-setup agent'를 실행하세요"));
}

static char *next_log(void) {
    return memory_copy(check_words("read " AGENT_LOG ", then 'systemctl restart " AGENT_UNIT "'",
                                   AGENT_LOG "를 확인한 뒤 'systemctl restart " AGENT_UNIT "'를 실행하세요"));
}

void check_agent_installed(const struct check_context *context, struct check_result *result) {
    if (!context->look->agent_installed) {
        check_bad(result, memory_copy("'" AGENT_CTL "' is not there"), next_set_up());
        return;
    }
    cleanup_free char *path = room_path(context->room, AGENT_HOME "/bin/CWAGENT_VERSION");
    cleanup_free char *version = files_head(path, MOST_VERSION);
    if (version) version[strcspn(version, "\r\n")] = '\0';
    check_good(result, memory_format("%s %s", AGENT_HOME, version ? version : ""));
}

void check_agent_running(const struct check_context *context, struct check_result *result) {
    cleanup_outcome struct outcome outcome = {0};
    room_run_words(context->room, &outcome, "systemctl", "is-active", AGENT_UNIT, NULL);
    const char *said = outcome.output.bytes ? outcome.output.bytes : "";
    char *evidence = memory_format("systemctl is-active: %.*s", (int)strcspn(said, "\n"), said);
    if (outcome.code == 0)
        check_good(result, evidence);
    else
        check_bad(result, evidence, next_log());
}

static bool file_has_sections(const struct room *room, const char *path) {
    cleanup_free char *whole = room_path(room, path), *bytes = NULL;
    size_t length;
    return files_read(whole, MOST_CONFIG, &bytes, &length) == 0 && merge_has_sections(bytes);
}

/* One of the files that were fetched, or the one that waits for it. */
static char *find_sections(const struct room *room) {
    if (file_has_sections(room, AGENT_CONFIG)) return memory_copy(AGENT_CONFIG);
    cleanup_free char *folder = room_path(room, AGENT_FETCHED);
    DIR *stream = opendir(folder);
    char *found = NULL;
    for (struct dirent *entry = stream ? readdir(stream) : NULL; entry && !found; entry = readdir(stream)) {
        cleanup_free char *path = text_join_path(AGENT_FETCHED, entry->d_name);
        if (*entry->d_name != '.' && file_has_sections(room, path)) found = steal_pointer(&path);
    }
    if (stream) closedir(stream);
    return found;
}

void check_agent_config(const struct check_context *context, struct check_result *result) {
    char *path = find_sections(context->room);
    if (path)
        check_good(result, path);
    else
        check_bad(result, memory_copy("'" AGENT_FETCHED "' has no file with both"), next_set_up());
}

static bool is_agent(const struct socket_owner *owner) { return text_starts(owner->name, "amazon-cloudwat"); }

bool check_agent_has(int port) {
    struct socket_owner owner;
    sockets_listener("/proc", port, &owner);
    return owner.found && (!owner.pid || is_agent(&owner));
}

static void check_port(const struct check_context *context, int port, struct check_result *result) {
    struct socket_owner owner;
    const struct timespec pause = {.tv_nsec = SETTLE_MS * 1000000L};
    sockets_listener("/proc", port, &owner);
    for (int i = 0; context->settling && !owner.found && i < SETTLE_TRIES; i++) {
        nanosleep(&pause, NULL);
        sockets_listener("/proc", port, &owner);
    }
    if (!owner.found) {
        check_bad(result, memory_format("nothing listens on %d", port), next_log());
        return;
    }
    char *evidence = owner.pid ? memory_format("%s (%d)", owner.name, (int)owner.pid)
                               : memory_copy("a process that this user cannot see");
    if (!owner.pid || is_agent(&owner)) {
        check_good(result, evidence);
        return;
    }
    /* the agent goes on without a word, and listens on nothing */
    check_bad(
        result, evidence,
        memory_copy(check_words("stop that process, which has the agent's port, then restart the agent",
                                "에이전트의 포트를 쓰는 프로세스를 중지한 뒤 에이전트를 재시작하세요")));
}

/* The agent's calls are seen nowhere else: "... is not authorized to perform: logs:PutLogEvents on ...". */
void check_permissions(const struct check_context *context, struct check_result *result) {
    cleanup_free char *path = room_path(context->room, AGENT_LOG), *bytes = NULL;
    size_t length;
    if (files_read(path, MOST_LOG, &bytes, &length) != 0) {
        check_left_out(result, memory_copy("'" AGENT_LOG "' is not there"));
        return;
    }
    char since[sizeof "2026-01-01T00:00:00"];
    const time_t begin = time(NULL) - RECENT_SECONDS;
    struct tm parts;
    strftime(since, sizeof since, "%Y-%m-%dT%H:%M:%S", gmtime_r(&begin, &parts));
    cleanup_strings struct strings missing = {0};
    char *rest = NULL;
    for (char *line = strtok_r(bytes, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        cleanup_free char *action = strcmp(line, since) > 0 ? check_refused_action(line) : NULL;
        if (action && !strings_contain(&missing, action)) strings_add(&missing, action);
    }
    if (!missing.count) {
        check_good(result, memory_copy(AGENT_LOG));
        return;
    }
    check_bad(result, strings_listed(&missing), check_next_policy());
}

void check_port_sampler(const struct check_context *context, struct check_result *result) {
    check_port(context, AGENT_PORT_SAMPLER, result);
}

void check_port_grpc(const struct check_context *context, struct check_result *result) {
    check_port(context, AGENT_PORT_GRPC, result);
}

void check_port_http(const struct check_context *context, struct check_result *result) {
    check_port(context, AGENT_PORT_HTTP, result);
}
