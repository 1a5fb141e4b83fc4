#include "host-setup/merge.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/agent.h"
#include "common/memory.h"
#include "host-setup/json.h"
#include "host-setup/messages.h"

#define MOVED_PROXY "127.0.0.1:2001"

/* What frontend, database and agent-only hosts measure: the guide's own choice. */
static const struct {
    const char *name, *measurements, *resources;
} metric_rows[] = {
    {"cpu", "cpu_usage_idle cpu_usage_iowait cpu_usage_user cpu_usage_system", NULL},
    {"disk", "used_percent", "*"},
    {"mem", "mem_used_percent", NULL},
};

static const char *const section_rows[][2] = {{"traces", "traces_collected"}, {"logs", "metrics_collected"}};

/* The member, made where it is not there; NULL where something else than an object is in its place. */
static cJSON *object_of(cJSON *parent, const char *name, struct merge *merge) {
    cJSON *member = cJSON_GetObjectItemCaseSensitive(parent, name);
    if (!member) {
        merge->changed = true;
        return cJSON_AddObjectToObject(parent, name);
    }
    if (cJSON_IsObject(member)) return member;
    if (!merge->complaint) merge->complaint = memory_format("has a \"%s\" that is no object", name);
    return NULL;
}

static cJSON *words_to_array(const char *words) {
    cJSON *array = cJSON_CreateArray();
    cleanup_free char *copy = memory_copy(words);
    char *rest = NULL;
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        cJSON_AddItemToArray(array, cJSON_CreateString(word));
    return array;
}

static void add_metrics(cJSON *root, struct merge *merge) {
    cJSON *metrics = object_of(root, "metrics", merge);
    cJSON *collected = metrics ? object_of(metrics, "metrics_collected", merge) : NULL;
    for (size_t i = 0; collected && i < array_length(metric_rows); i++) {
        if (cJSON_HasObjectItem(collected, metric_rows[i].name)) continue;
        cJSON *metric = cJSON_AddObjectToObject(collected, metric_rows[i].name);
        cJSON_AddItemToObject(metric, "measurement", words_to_array(metric_rows[i].measurements));
        if (metric_rows[i].resources)
            cJSON_AddItemToObject(metric, "resources", words_to_array(metric_rows[i].resources));
        merge->changed = true;
    }
}

static bool ends_in_port(const cJSON *address, int port) {
    const char *value = cJSON_GetStringValue(address), *colon = value ? strrchr(value, ':') : NULL;
    return colon && atoi(colon + 1) == port;
}

static bool takes_our_port(const cJSON *otlp) {
    return ends_in_port(cJSON_GetObjectItemCaseSensitive(otlp, "grpc_endpoint"), AGENT_PORT_GRPC) ||
           ends_in_port(cJSON_GetObjectItemCaseSensitive(otlp, "http_endpoint"), AGENT_PORT_HTTP);
}

/* One receiver as an object, several as an array. */
static void drop_receiver(cJSON *collected, const char *section, struct merge *merge) {
    cJSON *otlp = cJSON_GetObjectItemCaseSensitive(collected, "otlp");
    bool drop = otlp && takes_our_port(otlp);
    for (int i = cJSON_IsArray(otlp) ? cJSON_GetArraySize(otlp) - 1 : -1; i >= 0; i--) {
        if (!takes_our_port(cJSON_GetArrayItem(otlp, i))) continue;
        cJSON_DeleteItemFromArray(otlp, i);
        drop = cJSON_GetArraySize(otlp) == 0;
        merge->changed = true;
    }
    if (!drop) return;
    cJSON_DeleteItemFromObjectCaseSensitive(collected, "otlp");
    strings_add_owned(&merge->notes, message_make(MESSAGE_NOTE_RECEIVER, section, NULL));
    merge->changed = true;
}

static void move_proxy(cJSON *collected, struct merge *merge) {
    cJSON *xray = cJSON_GetObjectItemCaseSensitive(collected, "xray");
    if (!cJSON_IsObject(xray)) return;
    /* a key of the guide's script that the agent's schema does not have */
    bool unknown = cJSON_HasObjectItem(xray, "tcp_proxy_bind_address");
    cJSON *proxy = cJSON_GetObjectItemCaseSensitive(xray, "tcp_proxy");
    cJSON *address = cJSON_GetObjectItemCaseSensitive(proxy, "bind_address");
    bool moves = !address || ends_in_port(address, AGENT_PORT_SAMPLER);
    if (unknown) cJSON_DeleteItemFromObjectCaseSensitive(xray, "tcp_proxy_bind_address");
    if (moves && !proxy) proxy = cJSON_AddObjectToObject(xray, "tcp_proxy");
    if (moves && address)
        cJSON_ReplaceItemInObjectCaseSensitive(proxy, "bind_address", cJSON_CreateString(MOVED_PROXY));
    else if (moves)
        cJSON_AddStringToObject(proxy, "bind_address", MOVED_PROXY);
    if (!moves && !unknown) return;
    strings_add_owned(&merge->notes, message_make(MESSAGE_NOTE_PROXY, MOVED_PROXY, NULL));
    merge->changed = true;
}

static void free_ports(cJSON *root, struct merge *merge) {
    cJSON *traces = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(root, "traces"),
                                                     "traces_collected");
    if (traces) drop_receiver(traces, "traces", merge);
    if (traces) move_proxy(traces, merge);
    for (size_t i = 0; i < 2; i++) {
        const char *section = i ? "logs" : "metrics";
        cJSON *collected = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(root, section),
                                                            "metrics_collected");
        if (collected) drop_receiver(collected, section, merge);
    }
}

static void add_sections(cJSON *root, struct merge *merge) {
    for (size_t i = 0; i < array_length(section_rows); i++) {
        cJSON *section = object_of(root, section_rows[i][0], merge);
        cJSON *collected = section ? object_of(section, section_rows[i][1], merge) : NULL;
        /* the name before application_signals, which the agent still takes for the same */
        if (!collected || cJSON_HasObjectItem(collected, "app_signals")) continue;
        object_of(collected, "application_signals", merge);
    }
}

/* The guide's own lines where there is nothing to merge into. */
static char *whole_config(void) {
    struct text out = {0};
    for (const char *const *line = agent_config_lines; *line; line++) text_add_format(&out, "%s\n", *line);
    return text_take(&out);
}

void merge_config(const char *have, bool metrics, struct merge *merge) {
    *merge = (struct merge){0};
    bool fresh = !have || have[strspn(have, " \t\r\n")] == '\0';
    cleanup_free char *start = fresh ? whole_config() : memory_copy(have);
    cJSON *root = json_read(start, &merge->complaint);
    if (!root) return;
    merge->changed = fresh;
    free_ports(root, merge);
    add_sections(root, merge);
    if (metrics) add_metrics(root, merge);
    if (!merge->complaint) {
        bool reprint = merge->changed && (!fresh || metrics);
        merge->bytes = reprint ? json_write(root, start) : steal_pointer(&start);
    }
    cJSON_Delete(root);
}

bool merge_has_sections(const char *have) {
    cleanup_free char *complaint = NULL;
    cJSON *root = have ? json_read(have, &complaint) : NULL;
    bool has = root != NULL;
    for (size_t i = 0; i < array_length(section_rows); i++) {
        cJSON *collected = cJSON_GetObjectItemCaseSensitive(
            cJSON_GetObjectItemCaseSensitive(root, section_rows[i][0]), section_rows[i][1]);
        has = has && (cJSON_HasObjectItem(collected, "application_signals") ||
                      cJSON_HasObjectItem(collected, "app_signals"));
    }
    cJSON_Delete(root);
    return has;
}

void merge_free(struct merge *merge) {
    free(merge->bytes);
    free(merge->complaint);
    strings_free(&merge->notes);
}
