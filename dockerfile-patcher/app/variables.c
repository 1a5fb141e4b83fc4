#include "dockerfile-patcher/app/variables.h"

#include <string.h>

#include "common/memory.h"
#include "common/text.h"

#define HERE VARIABLE_CONTAINER
#define BOTH (VARIABLE_CONTAINER | VARIABLE_HOST)

/* clang-format off */
const struct variable_row variable_rows[] = {
    {"PORT", "{PORT}", VARIABLE_ALL, HERE, 0},
    {"SERVICE_NAME", "{SERVICE_NAME}", VARIABLE_ALL, HERE, BOTH},
    {"DJANGO_SETTINGS_MODULE", "{DJANGO_SETTINGS_MODULE}", VARIABLE_DJANGO, BOTH, 0},
    {"OTEL_METRICS_EXPORTER", "none", VARIABLE_ALL, BOTH, 0},
    {"OTEL_LOGS_EXPORTER", "none", VARIABLE_ALL, BOTH, 0},
    {"OTEL_AWS_APPLICATION_SIGNALS_ENABLED", "true", VARIABLE_ALL, BOTH, 0},
    {"OTEL_PYTHON_DISTRO", "aws_distro", VARIABLE_ALL, BOTH, 0},
    {"OTEL_PYTHON_CONFIGURATOR", "aws_configurator", VARIABLE_ALL, BOTH, 0},
    {"OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", VARIABLE_ALL, BOTH, 0},
    {"OTEL_TRACES_SAMPLER", "xray", VARIABLE_ALL, BOTH, 0},
    {"OTEL_TRACES_SAMPLER_ARG", "endpoint=http://{AGENT}:2000", VARIABLE_ALL, BOTH, 0},
    {"OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT", "http://{AGENT}:4316/v1/metrics", VARIABLE_ALL, BOTH, 0},
    {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://{AGENT}:4316/v1/traces", VARIABLE_ALL, BOTH, 0},
    {"OTEL_AWS_OTLP_LOGS_ENDPOINT", "http://{AGENT}:4316/v1/logs", VARIABLE_AWAY, BOTH, 0},
    {"OTEL_AWS_OTLP_METRICS_ENDPOINT", "http://{AGENT}:4316/v1/metrics", VARIABLE_AWAY, BOTH, 0},
    {"OTEL_RESOURCE_ATTRIBUTES", "service.name={SERVICE_NAME}", VARIABLE_ALL, BOTH, 0},
    {"OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED", "true", VARIABLE_WSGI_SERVER, BOTH, 0},
};
/* clang-format on */
const size_t variable_count = array_length(variable_rows);

/* What stands for the hole that `at` begins, and its length; NULL where none begins or nothing is known for it. */
static const char *filled(const struct variable_facts *facts, const char *at, size_t *length) {
    const struct {
        const char *hole;
        const char *value;
    } rows[] = {
        {"{SERVICE_NAME}", facts->service_name},
        {"{PORT}", facts->port},
        {"{DJANGO_SETTINGS_MODULE}", facts->django_settings},
        {"{AGENT}", facts->agent ? facts->agent : "localhost"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        *length = strlen(rows[i].hole);
        if (strncmp(at, rows[i].hole, *length) == 0) return rows[i].value;
    }
    return NULL;
}

static bool is_wanted(const struct variable_row *row, const struct variable_facts *facts) {
    unsigned places = facts->style == STYLE_GUIDE ? row->guide : row->shim;
    if (!(places & (unsigned)facts->place)) return false;
    if (row->apps == VARIABLE_DJANGO && !facts->django_settings) return false;
    if (row->apps == VARIABLE_WSGI_SERVER && !facts->wsgi_server) return false;
    if (row->apps == VARIABLE_AWAY && !facts->agent) return false;
    const char *hole = strchr(row->value, '{');
    size_t length;
    return !hole || filled(facts, hole, &length);
}

const struct variable_row *variables_next(const struct variable_facts *facts, size_t *at) {
    while (*at < variable_count) {
        const struct variable_row *row = &variable_rows[(*at)++];
        if (is_wanted(row, facts)) return row;
    }
    return NULL;
}

/* A character that the shell or the host fills in later ($, {, }, a hole) stays as it is. */
static void add_encoded(struct text *out, const char *value) {
    for (const char *at = value; *at; at++) {
        unsigned char byte = (unsigned char)*at;
        if (strchr(" ,;=%\"\\\t", *at) || byte >= 0x7f)
            text_add_format(out, "%%%02X", (unsigned)byte);
        else
            text_add_char(out, *at);
    }
}

char *variable_value(const struct variable_row *row, const struct variable_facts *facts) {
    struct text out = {0};
    bool attributes = strcmp(row->name, "OTEL_RESOURCE_ATTRIBUTES") == 0;
    text_add(&out, "");
    for (const char *at = row->value; *at;) {
        size_t length;
        const char *value = *at == '{' ? filled(facts, at, &length) : NULL;
        if (!value)
            text_add_char(&out, *at++);
        else if (attributes)
            add_encoded(&out, value);
        else
            text_add(&out, value);
        if (value) at += length;
    }
    return text_take(&out);
}

const struct variable_row *variable_named(const char *name, size_t length) {
    for (size_t i = 0; i < variable_count; i++)
        if (strlen(variable_rows[i].name) == length && memcmp(variable_rows[i].name, name, length) == 0)
            return &variable_rows[i];
    return NULL;
}
