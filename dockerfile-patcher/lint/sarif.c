/* SARIF 2.1.0 (OASIS, errata 01): sections 3.13 (log), 3.14 (run), 3.19 (driver), 3.49 (rules), 3.27 (results). */
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/lint/report.h"
#include "gen/version.h"

static const char schema[] =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

static cJSON *add_message(cJSON *object, const char *name, const char *text) {
    cJSON *message = cJSON_AddObjectToObject(object, name);
    cJSON_AddStringToObject(message, "text", text);
    return message;
}

/* RFC 3986's path characters; everything else percent-encoded. */
static char *uri_of(const char *path) {
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/!$&'()*+,;=@";
    struct text uri = {0};
    if (text_starts(path, "./")) path += 2;
    for (; *path; path++)
        if (strchr(plain, *path))
            text_add_char(&uri, *path);
        else
            text_add_format(&uri, "%%%02X", (unsigned char)*path);
    return text_take(&uri);
}

cJSON *sarif_result(const struct lint_finding *finding, const char *path) {
    const struct lint_rule *rule = finding->rule;
    cJSON *result = cJSON_CreateObject();
    cleanup_free char *text = memory_format("%s: %s", finding->reason, rule->fix);
    cleanup_free char *uri = uri_of(path);
    cJSON_AddStringToObject(result, "ruleId", rule->id);
    cJSON_AddNumberToObject(result, "ruleIndex", (double)(rule - lint_rules));
    cJSON_AddStringToObject(result, "level", severity_words[rule->severity]);
    add_message(result, "message", text);
    cJSON *location = cJSON_CreateObject();
    cJSON_AddItemToArray(cJSON_AddArrayToObject(result, "locations"), location);
    cJSON *physical = cJSON_AddObjectToObject(location, "physicalLocation");
    cJSON *artifact = cJSON_AddObjectToObject(physical, "artifactLocation");
    cJSON_AddStringToObject(artifact, "uri", uri);
    if (*path != '/') cJSON_AddStringToObject(artifact, "uriBaseId", "%SRCROOT%");
    if (finding->at.place.line) {
        cJSON *region = cJSON_AddObjectToObject(physical, "region");
        cJSON_AddNumberToObject(region, "startLine", (double)finding->at.place.line);
        cJSON_AddNumberToObject(region, "startColumn", (double)finding->at.characters);
    }
    return result;
}

static void add_rules(cJSON *driver) {
    cJSON *rules = cJSON_AddArrayToObject(driver, "rules");
    for (size_t i = 0; i < lint_rule_count; i++) {
        const struct lint_rule *row = &lint_rules[i];
        cJSON *rule = cJSON_CreateObject();
        cleanup_free char *help =
            memory_format("%s See " LINT_PAGE "#%s. Fix: %s.", row->meaning, row->id, row->fix);
        cJSON_AddItemToArray(rules, rule);
        cJSON_AddStringToObject(rule, "id", row->id);
        add_message(rule, "shortDescription", row->meaning);
        add_message(rule, "help", help);
        cJSON *configuration = cJSON_AddObjectToObject(rule, "defaultConfiguration");
        cJSON_AddStringToObject(configuration, "level", severity_words[row->severity]);
    }
}

cJSON *sarif_log(cJSON *results) {
    cJSON *log = cJSON_CreateObject();
    cJSON_AddStringToObject(log, "$schema", schema);
    cJSON_AddStringToObject(log, "version", "2.1.0");
    cJSON *run = cJSON_CreateObject();
    cJSON_AddItemToArray(cJSON_AddArrayToObject(log, "runs"), run);
    cJSON *driver = cJSON_AddObjectToObject(cJSON_AddObjectToObject(run, "tool"), "driver");
    cJSON_AddStringToObject(driver, "name", "appsig-patch");
    cJSON_AddStringToObject(driver, "version", APPSIG_VERSION);
    add_rules(driver);
    cJSON_AddStringToObject(run, "columnKind", "unicodeCodePoints");
    cJSON_AddItemToObject(run, "results", results);
    return log;
}
