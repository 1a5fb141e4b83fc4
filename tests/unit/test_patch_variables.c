/* The guide's variables in its order, and what the shim is told of them. */
#include "tap.h"

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/app/variables.h"
#include "dockerfile-patcher/text/shell_quote.h"

static char *listed(const struct variable_facts *facts) {
    struct text out = {0};
    const struct variable_row *row;
    text_add(&out, "");
    for (size_t at = 0; (row = variables_next(facts, &at));) {
        cleanup_free char *value = variable_value(row, facts);
        text_add_format(&out, "%s=%s\n", row->name, value);
    }
    return text_take(&out);
}

#define GUIDE_MIDDLE                                                                                         \
    "OTEL_METRICS_EXPORTER=none\n"                                                                           \
    "OTEL_LOGS_EXPORTER=none\n"                                                                              \
    "OTEL_AWS_APPLICATION_SIGNALS_ENABLED=true\n"                                                            \
    "OTEL_PYTHON_DISTRO=aws_distro\n"                                                                        \
    "OTEL_PYTHON_CONFIGURATOR=aws_configurator\n"                                                            \
    "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\n"                                                            \
    "OTEL_TRACES_SAMPLER=xray\n"                                                                             \
    "OTEL_TRACES_SAMPLER_ARG=endpoint=http://localhost:2000\n"                                               \
    "OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT=http://localhost:4316/v1/metrics\n"                      \
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://localhost:4316/v1/traces\n"                                   \
    "OTEL_RESOURCE_ATTRIBUTES=service.name=shop\n"

static void test_guide(void) {
    struct variable_facts facts = {STYLE_GUIDE, VARIABLE_CONTAINER, "shop", "5000", NULL, false, NULL};
    cleanup_free char *standard = listed(&facts);
    IS_STR(standard, "PORT=5000\nSERVICE_NAME=shop\n" GUIDE_MIDDLE, "7A, option 1");

    facts.django_settings = "shop.settings";
    facts.wsgi_server = true;
    cleanup_free char *django = listed(&facts);
    IS_STR(django,
           "PORT=5000\nSERVICE_NAME=shop\nDJANGO_SETTINGS_MODULE=shop.settings\n" GUIDE_MIDDLE
           "OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED=true\n",
           "7A, option 2, and 7B");

    facts.place = VARIABLE_HOST;
    cleanup_free char *host = listed(&facts);
    IS_STR(host,
           "DJANGO_SETTINGS_MODULE=shop.settings\n" GUIDE_MIDDLE
           "OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED=true\n",
           "8A, option 2, and 8B");
}

static void test_shim(void) {
    struct variable_facts facts = {STYLE_SHIM, VARIABLE_CONTAINER, "shop", "5000", "a.settings", true, NULL};
    cleanup_free char *container = listed(&facts);
    IS_STR(container, "SERVICE_NAME=shop\n", "a container is told its name");
    facts.place = VARIABLE_HOST;
    cleanup_free char *host = listed(&facts);
    IS_STR(host, "SERVICE_NAME=shop\n", "so is an app on the host");
}

static void test_values(void) {
    struct variable_facts facts = {STYLE_GUIDE, VARIABLE_CONTAINER, NULL, NULL, NULL, false, "agent"};
    cleanup_free char *away = listed(&facts);
    OK(!strstr(away, "PORT=") && !strstr(away, "service.name"), "what is not known is left out");
    OK(strstr(away, "_ARG=endpoint=http://agent:2000\n"), "the agent's host");
    OK(strstr(away, "OTEL_AWS_OTLP_LOGS_ENDPOINT=http://agent:4316/v1/logs\n"), "an agent elsewhere");
    facts.service_name = "a, b=${c}%\xc3\xa9";
    const struct variable_row *row = variable_named("OTEL_RESOURCE_ATTRIBUTES", 24);
    cleanup_free char *value = variable_value(row, &facts);
    IS_STR(value, "service.name=a%2C%20b%3D${c}%25%C3%A9", "percent-encoded but for what is filled in later");
    OK(!variable_named("OTEL_RESOURCE", 13), "a name is matched whole");
}

static void test_quotes(void) {
    static const char *const rows[][2] = {{"a/b:c=d,e@f+g%20", "a/b:c=d,e@f+g%20"},
                                          {"", "''"},
                                          {"a b", "'a b'"},
                                          {"it's", "'it'\\''s'"},
                                          {"$x", "'$x'"}};
    for (size_t i = 0; i < array_length(rows); i++) {
        cleanup_text struct text out = {0};
        shell_quote(&out, rows[i][0]);
        IS_STR(out.bytes, rows[i][1], "word %zu", i);
    }
}

int main(void) {
    test_guide();
    test_shim();
    test_values();
    test_quotes();
    return done_testing();
}
