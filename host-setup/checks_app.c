#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/files.h"
#include "common/memory.h"
#include "host-setup/checks.h"
#include "host-setup/http.h"
#include "host-setup/sockets.h"
#include "host-setup/unitfile.h"

/* ADOT's batch goes out after 5 s; a first request may have to import half a framework. */
enum {
    SPAN_TRIES = 150,
    SPAN_MS = 100,
    CALL_TRIES = 100,
    URL_MS = 10000,
    MOST_ENVIRONMENT = 1024 * 1024,
    MOST_LINE = 200
};

static char *next_backend(void) {
    return memory_copy(check_words("run 'appsig-setup backend --unit ...'",
                                   "'appsig-setup backend --unit ...'을 실행하세요"));
}

/* The first line that a program said. */
static char *first_line(const struct outcome *outcome) {
    const char *bytes = outcome->output.bytes ? outcome->output.bytes : "";
    cleanup_free char *line = memory_copy_bytes(bytes, strcspn(bytes, "\n"));
    return text_printable(line, MOST_LINE);
}

static char *last_said(const struct outcome *outcome) {
    const char *bytes = outcome->output.bytes ? outcome->output.bytes : "", *end = bytes + strlen(bytes);
    while (end > bytes && end[-1] == '\n') end--;
    const char *begin = end;
    while (begin > bytes && begin[-1] != '\n') begin--;
    cleanup_free char *line = memory_copy_bytes(begin, (size_t)(end - begin));
    return text_printable(line, MOST_LINE);
}

void check_adot(const struct check_context *context, struct check_result *result) {
    cleanup_outcome struct outcome outcome = {0};
    if (!context->venv) {
        check_left_out(result, memory_copy("--venv"));
        return;
    }
    cleanup_free char *python = text_join_path(context->venv, "bin/python");
    room_run_words(context->room, &outcome, python, "-c",
                   "from importlib.metadata import version\nimport amazon.opentelemetry.distro\n"
                   "print(version('aws-opentelemetry-distro'))",
                   NULL);
    if (outcome.code == 0)
        check_good(result, first_line(&outcome));
    else
        check_bad(result, last_said(&outcome), next_backend());
}

void check_wrapped(const struct check_context *context, struct check_result *result) {
    cleanup_free char *path =
        memory_format("%s/etc/systemd/system/%s.d/" OUR_DROP_IN, context->room->root, context->unit);
    if (!files_exists(path)) {
        check_bad(result, memory_format("'%s' is not there", path + strlen(context->room->root)),
                  next_backend());
        return;
    }
    cleanup_outcome struct outcome stale = {0};
    if (context->look->booted)
        room_run_words(context->room, &stale, "systemctl", "show", "--property=NeedDaemonReload",
                       context->unit, NULL);
    if (stale.output.bytes && strstr(stale.output.bytes, "=yes"))
        check_bad(result, memory_copy("NeedDaemonReload=yes"), memory_copy("systemctl daemon-reload"));
    else
        check_good(result, memory_copy(path + strlen(context->room->root)));
}

static long main_pid(const struct check_context *context) {
    cleanup_outcome struct outcome outcome = {0};
    room_run_words(context->room, &outcome, "systemctl", "show", "--property=MainPID", context->unit, NULL);
    const char *equals = outcome.output.bytes ? strchr(outcome.output.bytes, '=') : NULL;
    return equals ? strtol(equals + 1, NULL, 10) : 0;
}

/* The variable in the environment that the process was started with. */
static bool has_variable(long pid, const char *assignment) {
    cleanup_free char *path = memory_format("/proc/%ld/environ", pid), *bytes = NULL;
    size_t length = 0;
    if (files_read(path, MOST_ENVIRONMENT, &bytes, &length) != 0) return false;
    for (const char *at = bytes; at < bytes + length; at += strlen(at) + 1)
        if (strcmp(at, assignment) == 0) return true;
    return false;
}

void check_app_running(const struct check_context *context, struct check_result *result) {
    long pid = main_pid(context);
    char *log = memory_format("journalctl -u %s -n 20", context->unit);
    if (!pid) {
        check_bad(result, memory_format("%s: no process", context->unit), log);
        return;
    }
    if (!has_variable(pid, "OTEL_AWS_APPLICATION_SIGNALS_ENABLED=true")) {
        free(log);
        check_bad(result, memory_format("process %ld was started without", pid),
                  memory_format("systemctl restart %s", context->unit));
        return;
    }
    free(log);
    check_good(result, memory_format("%s: process %ld", context->unit, pid));
}

/* An app that was just restarted does not listen yet. */
static void call(const char *url, struct http_answer *answer) {
    const struct http_question question = {"GET", url, NULL, NULL, 0, URL_MS};
    const struct timespec pause = {.tv_nsec = SPAN_MS * 1000000L};
    http_ask(&question, answer);
    for (int i = 0; answer->refused && i < CALL_TRIES; i++) {
        nanosleep(&pause, NULL);
        http_answer_free(answer);
        http_ask(&question, answer);
    }
}

void check_app_spans(const struct check_context *context, struct check_result *result) {
    const char *url = context->settings->values[SETUP_URL];
    if (!url) {
        check_left_out(result, memory_copy(check_words("call the app by --url to see one",
                                                       "--url로 앱을 호출하면 확인합니다")));
        return;
    }
    cleanup_answer struct http_answer answer;
    const struct timespec pause = {.tv_nsec = SPAN_MS * 1000000L};
    long before = sockets_sent("/proc", context->unit, AGENT_PORT_HTTP), now = before;
    call(url, &answer);
    if (!answer.status) {
        check_bad(result, memory_format("%s: %s", url, answer.failure),
                  memory_format("journalctl -u %s -n 20", context->unit));
        return;
    }
    for (int i = 0; now == before && i < SPAN_TRIES; i++) {
        nanosleep(&pause, NULL);
        now = sockets_sent("/proc", context->unit, AGENT_PORT_HTTP);
    }
    if (now >= 0 && now != before)
        check_good(result, memory_format("%s: %ld; %ld B -> 4316", url, answer.status, now));
    else
        check_bad(
            result, memory_format("%s: %ld; nothing went to 4316", url, answer.status),
            memory_format("systemctl restart %s; journalctl -u %s -n 20", context->unit, context->unit));
}

static char *pages(void) {
    return memory_copy(check_words(
        "see CloudWatch > Application Signals > Services, CloudWatch > X-Ray traces > Traces, CloudWatch > Metrics > "
        "ApplicationSignals; the account has to be enabled once: 'aws application-signals start-discovery', or "
        "CloudWatch > Application Signals > Enable",
        "콘솔에서 CloudWatch > Application Signals > 서비스, CloudWatch > X-Ray 트레이스, CloudWatch > 지표 > "
        "ApplicationSignals를 확인하세요; 계정당 한 번 활성화해야 합니다: 'aws application-signals start-discovery' 또는 "
        "CloudWatch > Application Signals > 활성화"));
}

void check_backend(const struct check_context *context, struct check_result *result) {
    const char *service = context->settings->values[SETUP_SERVICE_NAME];
    if (!context->settings->values[SETUP_BACKEND] || !room_has(context->room, "aws")) {
        check_left_out(result, pages());
        return;
    }
    enum { THREE_HOURS = 3 * 60 * 60 };
    cleanup_free char *begin = memory_format("%lld", (long long)time(NULL) - THREE_HOURS);
    cleanup_free char *end = memory_format("%lld", (long long)time(NULL));
    cleanup_free char *name = service
                                  ? memory_copy(service)
                                  : memory_format("%.*s", (int)strcspn(context->unit, "."), context->unit);
    cleanup_outcome struct outcome outcome = {0};
    room_run_words(context->room, &outcome, "aws", "application-signals", "list-services", "--start-time",
                   begin, "--end-time", end, "--output", "json", NULL);
    cleanup_free char *quoted = memory_format("\"%s\"", name);
    if (outcome.code != 0)
        check_bad(result, last_said(&outcome), pages());
    else if (outcome.only_output.bytes && strstr(outcome.only_output.bytes, quoted))
        check_good(result, memory_copy(name));
    else
        check_bad(result, memory_format("'%s' is not among the services", name), pages());
}
