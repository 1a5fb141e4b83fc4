#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "shim/endpoint.h"
#include "shim/settings.h"

static bool complain(char **complaint, const char *text) {
    *complaint = memory_copy(text);
    return false;
}

static bool one_of(const char *words, const char *value, char **complaint) {
    if (text_has_word(words, value)) return true;
    *complaint = memory_format("is not one of: %s", words);
    return false;
}

static bool check_switch(const char *value, char **complaint) {
    return one_of("on off true false 1 0 yes no", value, complaint);
}

static bool check_switch_or_auto(const char *value, char **complaint) {
    return one_of("auto on off true false 1 0 yes no", value, complaint);
}

static bool check_launch(const char *value, char **complaint) {
    return one_of("auto wrapper direct", value, complaint);
}

static bool check_instrument(const char *value, char **complaint) {
    return one_of("all used", value, complaint);
}

static bool check_log(const char *value, char **complaint) {
    return one_of("quiet normal debug", value, complaint);
}

static bool check_log_format(const char *value, char **complaint) {
    return one_of("text json", value, complaint);
}

static bool check_explain(const char *value, char **complaint) {
    return one_of("table json off", value, complaint);
}

static bool check_port(const char *value, char **complaint) {
    long port;
    return text_to_number(value, 1, 65535, &port) || complain(complaint, "is not a port from 1 to 65535");
}

static bool check_timeout(const char *value, char **complaint) {
    long milliseconds;
    return text_to_number(value, 1, 60000, &milliseconds) ||
           complain(complaint, "is not a number of milliseconds from 1 to 60000");
}

static bool check_endpoint(const char *value, char **complaint) {
    struct endpoint endpoint;
    return endpoint_parse(value, &endpoint) || complain(complaint, "is not a URL like http://HOST:PORT");
}

static bool check_policy(const char *value, char **complaint) {
    long seconds;
    if (text_has_word("instrument bare fail", value)) return true;
    if (text_starts(value, "wait=") && text_to_number(value + strlen("wait="), 1, 3600, &seconds))
        return true;
    return complain(complaint, "is not one of: instrument, bare, wait=SECONDS (1 to 3600), fail");
}

static bool check_name(const char *value, char **complaint) {
    enum { LONGEST = 1024 };
    if (strlen(value) > LONGEST) return complain(complaint, "is longer than 1024 bytes");
    if (!*value) return complain(complaint, "is empty");
    return true;
}

#define VALUE(argument_name) .takes = OPTION_ARGUMENT, .argument = argument_name
#define SWITCH .takes = OPTION_OPTIONAL_ARGUMENT, .argument = "on|off", .without = "on"

const struct option_row setting_rows[SETTING_COUNT] = {
    [SETTING_SERVICE_NAME] = {"service-name", 's', VALUE("NAME"), .environment = "APPSIG_SERVICE_NAME",
                              .section = "service", .key = "name", .check = check_name,
                              .help = "name of the service in Application Signals"},
    [SETTING_ENVIRONMENT] = {"environment", 'e', VALUE("NAME"), .environment = "APPSIG_ENVIRONMENT",
                             .section = "service", .key = "environment", .check = check_name,
                             .help =
                                 "deployment environment, such as production; also DEPLOYMENT_ENVIRONMENT"},
    [SETTING_LOG_GROUP] = {"log-group", 0, VALUE("NAME"), .environment = "APPSIG_LOG_GROUP",
                           .section = "service", .key = "log_group", .check = check_name,
                           .help = "CloudWatch log group of the app's logs; also LOG_GROUP_NAME"},
    [SETTING_PORT] = {"port", 'p', VALUE("PORT"), .environment = "APPSIG_PORT", .section = "service",
                      .key = "port", .check = check_port, .help = "port of the app, exported as PORT"},
    [SETTING_AGENT_ENDPOINT] =
        {"agent-endpoint", 0, VALUE("URL"), .environment = "APPSIG_AGENT_ENDPOINT", .section = "agent",
         .key = "endpoint", .check = check_endpoint,
         .help = "where the CloudWatch agent takes OTLP; found by itself: localhost:4316, in a "
                 "bridge container the gateway and host.docker.internal"},
    [SETTING_SAMPLER_ENDPOINT] = {"sampler-endpoint", 0, VALUE("URL"),
                                  .environment = "APPSIG_SAMPLER_ENDPOINT", .section = "agent",
                                  .key = "sampler_endpoint", .check = check_endpoint,
                                  .help =
                                      "where the agent's X-Ray proxy answers; the agent's host, port 2000"},
    [SETTING_TIMEOUT_MS] =
        {"timeout-ms", 0, VALUE("MS"), .environment = "APPSIG_TIMEOUT_MS", .section = "agent",
         .key = "timeout_ms", .check = check_timeout, .default_value = "250",
         .help = "total deadline of all questions asked over the network before the app starts"},
    [SETTING_ON_MISSING_AGENT] =
        {"on-missing-agent", 0, VALUE("instrument|bare|wait=SECONDS|fail"),
         .environment = "APPSIG_ON_MISSING_AGENT", .section = "agent", .key = "on_missing",
         .check = check_policy, .default_value = "instrument",
         .help = "instrument (with time-outs that keep stop fast), bare, wait=SECONDS, fail"},
    [SETTING_LAUNCH] = {"launch", 0, VALUE("auto|wrapper|direct"), .environment = "APPSIG_LAUNCH",
                        .section = "launch", .key = "mode", .check = check_launch, .default_value = "auto",
                        .help =
                            "wrapper: run opentelemetry-instrument; direct: do the same without its extra "
                            "Python; auto: wrapper, and direct where that program fails on the command"},
    [SETTING_INSTRUMENT] = {"instrument", 0, VALUE("all|used"), .environment = "APPSIG_INSTRUMENT",
                            .section = "launch", .key = "instrument", .check = check_instrument,
                            .default_value = "all",
                            .help = "all: every library that is installed, at the start; used: each when the "
                                    "app imports it, which starts faster"},
    [SETTING_GUNICORN_HOOK] = {"gunicorn-hook", 0, SWITCH, .environment = "APPSIG_GUNICORN_HOOK",
                               .section = "hooks", .key = "gunicorn", .check = check_switch,
                               .default_value = "on",
                               .help = "initialise in gunicorn's workers through a post_fork hook"},
    [SETTING_UWSGI_HOOK] = {"uwsgi-hook", 0, SWITCH, .environment = "APPSIG_UWSGI_HOOK", .section = "hooks",
                            .key = "uwsgi", .check = check_switch, .default_value = "on",
                            .help = "add the import hook and the flags that uWSGI's workers need"},
    [SETTING_ECS] =
        {"ecs", 0, VALUE("auto|on|off"), .environment = "APPSIG_ECS", .section = "metadata", .key = "ecs",
         .check = check_switch_or_auto, .default_value = "auto",
         .help = "ask the ECS task metadata for the service name; auto: where the environment announces it"},
    [SETTING_IMDS] = {"imds", 0, SWITCH, .environment = "APPSIG_IMDS", .section = "metadata", .key = "imds",
                      .check = check_switch, .default_value = "off",
                      .help =
                          "ask the instance metadata (IMDSv2) for the instance's Name tag as service name"},
    [SETTING_CORRELATION] = {"log-correlation", 0, SWITCH, .environment = "APPSIG_LOG_CORRELATION",
                             .section = "logs", .key = "correlate", .check = check_switch,
                             .default_value = "off",
                             .help = "add the trace and span ids to the lines that the app logs"},
    [SETTING_DISABLED] = {"disabled", 0, SWITCH, .environment = "APPSIG_DISABLED", .section = "launch",
                          .key = "disabled", .check = check_switch, .default_value = "off",
                          .help = "kill switch: run the command untouched"},
    [SETTING_LOG] = {"log", 0, VALUE("quiet|normal|debug"), .environment = "APPSIG_LOG", .section = "log",
                     .key = "level", .check = check_log, .default_value = "normal",
                     .help = "quiet, normal (one line per fact worth telling) or debug (everything)"},
    [SETTING_LOG_FORMAT] = {"log-format", 0, VALUE("text|json"), .environment = "APPSIG_LOG_FORMAT",
                            .section = "log", .key = "format", .check = check_log_format,
                            .default_value = "text", .help = "text or json, for the lines on standard error"},
    [SETTING_CONFIG] = {"config", 'c', VALUE("FILE"), .environment = "APPSIG_CONFIG",
                        .help = "conf file (default: " CONF_DEFAULT_PATH ", where it is there)"},
    [SETTING_EXPLAIN] = {"explain", 0, OPTION_OPTIONAL_ARGUMENT, "table|json", "table",
                         .environment = "APPSIG_EXPLAIN", .check = check_explain,
                         .help = "print what would be done, and why, and run nothing"},
    [SETTING_CHECK] = {"check", 0, SWITCH, .environment = "APPSIG_CHECK", .check = check_switch,
                       .help = "run nothing; exit 0 where telemetry will flow, 125 where it will not"},
    [SETTING_HELP] = {"help", 'h', OPTION_NO_ARGUMENT, .without = "on", .help = "print this text"},
    [SETTING_VERSION] = {"version", 'V', OPTION_NO_ARGUMENT, .without = "on",
                         .help = "print the version, and what is linked in"},
};
