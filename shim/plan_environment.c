#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/memory.h"
#include "shim/environment.h"
#include "shim/plan.h"

enum { LONGEST_VALUE = 1024 };

/* When a row of the table applies. */
enum condition {
    ALWAYS,
    NO_LOGS,      /* OpenTelemetry exports no logs */
    HTTP_TRACES,  /* OTLP over HTTP, and no OTEL_EXPORTER_OTLP_ENDPOINT of the user's that covers traces */
    HTTP,         /* OTLP over HTTP */
    HTTP_AWAY,    /* OTLP over HTTP, and the agent is not at localhost:4316 */
    GRPC_AWAY,    /* gRPC, and the agent is not at localhost:4315 */
    XRAY_SAMPLER, /* the sampler is ours or xray */
};

enum content {
    FIXED,        /* the text itself */
    AGENT_PATH,   /* the agent's base, and the text as path */
    SAMPLER_BASE, /* the text, and the sampling proxy's base */
};

struct variable_row {
    const char *name;
    const char *alias; /* deprecated name: where it is set, it is the user's word for this row */
    const char *text;
    enum content content;
    enum condition condition;
    bool keep_and_warn; /* another value of the user's is kept, with a line */
    const char *why;
};

/* The variables of the guide (steps 7A and 8A) and of FACTS' table. */
static const struct variable_row rows[] = {
    {"OTEL_AWS_APPLICATION_SIGNALS_ENABLED", "OTEL_AWS_APP_SIGNALS_ENABLED", "true", FIXED, ALWAYS, false,
     "switches Application Signals on"},
    {"OTEL_METRICS_EXPORTER", NULL, "none", FIXED, ALWAYS, false,
     "Application Signals has its own metrics; others would go to localhost unasked"},
    {"OTEL_LOGS_EXPORTER", NULL, "none", FIXED, ALWAYS, false, "the agent collects logs by itself"},
    {"OTEL_PYTHON_LOG_AUTO_INSTRUMENTATION", NULL, "false", FIXED, NO_LOGS, false,
     "its root handler would swallow the app's own unconfigured warnings"},
    {"OTEL_PYTHON_DISTRO", NULL, "aws_distro", FIXED, ALWAYS, true, "ADOT"},
    {"OTEL_PYTHON_CONFIGURATOR", NULL, "aws_configurator", FIXED, ALWAYS, true, "ADOT"},
    {"OTEL_EXPORTER_OTLP_PROTOCOL", NULL, "http/protobuf", FIXED, ALWAYS, false,
     "the agent's port 4316 speaks HTTP"},
    {"OTEL_TRACES_SAMPLER", NULL, "xray", FIXED, ALWAYS, false, "sampling rules come from X-Ray"},
    {"OTEL_TRACES_SAMPLER_ARG", NULL, "endpoint=", SAMPLER_BASE, XRAY_SAMPLER, false,
     "the agent's X-Ray proxy; the key is mandatory"},
    {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", NULL, "/v1/traces", AGENT_PATH, HTTP_TRACES, false,
     "traces do not go to 4316 by themselves"},
    {"OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT", "OTEL_AWS_APP_SIGNALS_EXPORTER_ENDPOINT",
     "/v1/metrics", AGENT_PATH, HTTP, false, "Application Signals metrics"},
    {"OTEL_AWS_OTLP_LOGS_ENDPOINT", NULL, "/v1/logs", AGENT_PATH, HTTP_AWAY, false,
     "service events otherwise go to localhost:4316"},
    {"OTEL_AWS_OTLP_METRICS_ENDPOINT", NULL, "/v1/metrics", AGENT_PATH, HTTP_AWAY, false,
     "service events otherwise go to localhost:4316"},
    {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", NULL, "", AGENT_PATH, GRPC_AWAY, false,
     "the agent is not at localhost:4315"},
    {"OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT", "OTEL_AWS_APP_SIGNALS_EXPORTER_ENDPOINT", "",
     AGENT_PATH, GRPC_AWAY, false, "the agent is not at localhost:4315"},
};

static bool applies(const struct facts *facts, const struct plan *plan, enum condition condition) {
    const struct agents *agents = &facts->agents;
    const char *sampler = plan_value(plan, facts->environment, "OTEL_TRACES_SAMPLER");
    const struct endpoint *agent = &agents->candidates[agents->chosen].otlp;
    int own_port = agents->grpc ? AGENT_OTLP_GRPC_PORT : AGENT_OTLP_HTTP_PORT;
    bool away = !endpoint_is_loopback(agent) || agent->port != own_port;
    bool general = environment_value(facts->environment, "OTEL_EXPORTER_OTLP_ENDPOINT") != NULL &&
                   !setting_commands(facts->settings, SETTING_AGENT_ENDPOINT);
    switch (condition) {
    case ALWAYS: return true;
    case NO_LOGS: return text_equal(plan_value(plan, facts->environment, "OTEL_LOGS_EXPORTER"), "none");
    case HTTP_TRACES: return !agents->grpc && !general;
    case HTTP: return !agents->grpc;
    case HTTP_AWAY: return !agents->grpc && away;
    case GRPC_AWAY: return agents->grpc && away;
    case XRAY_SAMPLER: return text_equal(sampler, "xray");
    default: return false;
    }
}

static char *content_of(const struct facts *facts, const struct variable_row *row) {
    const struct agent_candidate *agent = &facts->agents.candidates[facts->agents.chosen];
    if (row->content == FIXED) return memory_copy(row->text);
    const struct endpoint *endpoint = &agent->otlp;
    if (row->content == SAMPLER_BASE) {
        endpoint = &agent->sampler;
        if (!*endpoint->host) endpoint = &facts->agents.candidates[0].sampler;
    }
    cleanup_free char *base = endpoint_base(endpoint);
    return row->content == AGENT_PATH ? memory_format("%s%s", base, row->text)
                                      : memory_format("%s%s", row->text, base);
}

/* Where an endpoint's or the sampler's value comes from, other than from our own defaults. */
static const struct setting *commanding(const struct facts *facts, enum content content) {
    if (content == FIXED) return NULL;
    const struct settings *settings = facts->settings;
    if (content == SAMPLER_BASE && setting_value(settings, SETTING_SAMPLER_ENDPOINT))
        return &settings->of[SETTING_SAMPLER_ENDPOINT];
    return setting_value(settings, SETTING_AGENT_ENDPOINT) ? &settings->of[SETTING_AGENT_ENDPOINT] : NULL;
}

static void fill_row(const struct facts *facts, struct plan *plan, const struct variable_row *row) {
    if (!applies(facts, plan, row->condition)) return;
    const struct setting *setting = commanding(facts, row->content);
    bool replaces = setting && (setting->source == SOURCE_FLAG || setting->source == SOURCE_ENVIRONMENT);
    const char *theirs = plan_value(plan, facts->environment, row->name);
    if (!theirs && row->alias) theirs = plan_value(plan, facts->environment, row->alias);
    cleanup_free char *value = content_of(facts, row);
    if (theirs && !replaces) {
        if (row->keep_and_warn && strcmp(theirs, value) != 0) {
            cleanup_free char *printable = text_printable(theirs, 80);
            plan_tell(plan, REPORT_WARNING,
                      "'%s' is '%s', not %s: kept, but Application Signals may get no data", row->name,
                      printable, value);
        }
        return;
    }
    const struct agent_candidate *agent = &facts->agents.candidates[facts->agents.chosen];
    bool found = row->content != FIXED && agent->source == SOURCE_DISCOVERED;
    if (setting)
        plan_change(plan, row->name, value, setting->source, setting->where, row->why);
    else
        plan_change(plan, row->name, value, found ? SOURCE_DISCOVERED : SOURCE_DEFAULT,
                    found ? agent->where : "default", row->why);
}

static void fill_from_conf(const struct facts *facts, struct plan *plan) {
    const struct conf *conf = &facts->settings->conf;
    for (size_t i = 0; i < conf->count; i++) {
        const struct conf_entry *entry = &conf->entries[i];
        if (strcmp(entry->section, "env") != 0 || !text_starts(entry->key, "OTEL_")) continue;
        if (environment_value(facts->environment, entry->key) || !*entry->value) continue;
        cleanup_free char *where = memory_format("%s:%d", conf->path, entry->line);
        plan_change(plan, entry->key, entry->value, SOURCE_CONF, where, "section [env]");
    }
}

/* Percent-encoded as the SDK's parser wants it: comma, equals sign, percent and what is no visible ASCII. */
static void add_encoded(struct text *out, const char *value) {
    for (const unsigned char *at = (const unsigned char *)value; *at; at++) {
        bool plain = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9') ||
                     strchr("-._~/:@+()[]!*'", *at);
        if (plain)
            text_add_char(out, (char)*at);
        else
            text_add_format(out, "%%%02X", *at);
    }
}

static void add_attribute(struct text *attributes, const char *key, const char *value) {
    size_t length = attributes->length;
    while (length > 0 && strchr(", ", attributes->bytes[length - 1])) length--;
    if (attributes->bytes) attributes->bytes[attributes->length = length] = '\0';
    if (length) text_add_char(attributes, ',');
    text_add_format(attributes, "%s=", key);
    add_encoded(attributes, value);
}

/* Attributes that an option, a variable or the conf file may give; the user's own attribute wins over a variable and
 * the conf file, and loses to a flag. */
static const struct {
    const char *key;
    enum setting_id setting;
    const char *variable;
} attribute_rows[] = {
    {"deployment.environment", SETTING_ENVIRONMENT, "DEPLOYMENT_ENVIRONMENT"},
    {"aws.log.group.names", SETTING_LOG_GROUP, "LOG_GROUP_NAME"},
};

static void merge_attribute(const struct facts *facts, struct plan *plan, size_t row, const char *before,
                            struct text *attributes) {
    const struct setting *setting = &facts->settings->of[attribute_rows[row].setting];
    bool commanded = setting_commands(facts->settings, attribute_rows[row].setting);
    const char *variable = environment_value(facts->environment, attribute_rows[row].variable);
    const char *value = commanded ? setting->value : variable ? variable : setting->value;
    if (!value) return;
    cleanup_free char *theirs = identity_resource_attribute(before, attribute_rows[row].key);
    if (theirs && !commanded) return;
    if (strlen(value) > LONGEST_VALUE) {
        plan_tell(plan, REPORT_WARNING, "'%s' is longer than %d bytes, ignored", attribute_rows[row].variable,
                  LONGEST_VALUE);
        return;
    }
    add_attribute(attributes, attribute_rows[row].key, value);
}

static void plan_name(const struct facts *facts, struct plan *plan, const char *before,
                      struct text *attributes) {
    const struct found *name = &facts->identity.service_name;
    if (!name->value) {
        plan_tell(plan, REPORT_WARNING,
                  "no service name was found: set it by --service-name or OTEL_SERVICE_NAME");
        return;
    }
    bool commanded = setting_commands(facts->settings, SETTING_SERVICE_NAME);
    cleanup_free char *theirs = identity_resource_attribute(before, "service.name");
    bool otel_name = environment_value(facts->environment, "OTEL_SERVICE_NAME") != NULL;
    if (commanded && otel_name)
        plan_change(plan, "OTEL_SERVICE_NAME", name->value, name->source, name->where,
                    "it would beat the resource attribute");
    if (commanded || (!otel_name && !theirs)) add_attribute(attributes, "service.name", name->value);
    if (commanded || !environment_value(facts->environment, "SERVICE_NAME"))
        plan_change(plan, "SERVICE_NAME", name->value, name->source, name->where, "the guides export it");
    if (!name->derived) return;
    cleanup_free char *printable = text_printable(name->value, 80);
    plan_tell(plan, REPORT_NOTICE,
              "service name '%s' was taken from the %s: set your own by --service-name or "
              "OTEL_SERVICE_NAME",
              printable, name->where);
}

static void merge_attributes(const struct facts *facts, struct plan *plan) {
    const char *theirs = plan_value(plan, facts->environment, "OTEL_RESOURCE_ATTRIBUTES");
    cleanup_free char *before = memory_copy(theirs ? theirs : "");
    cleanup_text struct text attributes = {0};
    text_add(&attributes, before);
    plan_name(facts, plan, before, &attributes);
    for (size_t row = 0; row < array_length(attribute_rows); row++)
        merge_attribute(facts, plan, row, before, &attributes);
    if (strcmp(attributes.bytes, before) == 0) return;
    const struct found *name = &facts->identity.service_name;
    plan_change(plan, "OTEL_RESOURCE_ATTRIBUTES", attributes.bytes, name->source, name->where,
                *before ? "merged into what was there" : "name and attributes of the service");
}

void plan_environment(const struct facts *facts, struct plan *plan) {
    fill_from_conf(facts, plan);
    for (size_t i = 0; i < array_length(rows); i++) fill_row(facts, plan, &rows[i]);
    merge_attributes(facts, plan);
    const struct setting *port = &facts->settings->of[SETTING_PORT];
    const char *theirs = environment_value(facts->environment, "PORT");
    if (port->value && (setting_commands(facts->settings, SETTING_PORT) || !theirs))
        plan_change(plan, "PORT", port->value, port->source, port->where, "given by the user");
    const struct found *django = &facts->identity.django_settings;
    if (django->value && django->source == SOURCE_DISCOVERED)
        plan_change(plan, "DJANGO_SETTINGS_MODULE", django->value, django->source, django->where,
                    "without it ADOT switches Django's instrumentation off");
    if (environment_raw(facts->environment, "IS_WSGI_MASTER_PROCESS_ALREADY_SEEN"))
        plan_change(plan, "IS_WSGI_MASTER_PROCESS_ALREADY_SEEN", NULL, SOURCE_DEFAULT, "default",
                    "a leaked value makes the master initialise as if it were a worker");
}
