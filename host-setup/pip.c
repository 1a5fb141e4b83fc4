#include "host-setup/pip.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "common/memory.h"
#include "host-setup/app.h"

static const char *version_of(const struct strings *packages, const char *name) {
    size_t length = strlen(name);
    for (size_t i = 0; i < packages->count; i++)
        if (strncmp(packages->items[i], name, length) == 0 && text_starts(packages->items[i] + length, "=="))
            return packages->items[i] + length + 2;
    return NULL;
}

static bool add(const cJSON *item, const struct strings *packages, struct pip_report *report) {
    const cJSON *metadata = cJSON_GetObjectItem(item, "metadata");
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItem(metadata, "name"));
    const char *version = cJSON_GetStringValue(cJSON_GetObjectItem(metadata, "version"));
    if (!name || !version) return false;
    cleanup_free char *normal = app_normal_name(name, strlen(name));
    const char *have = version_of(packages, normal);
    if (!have)
        strings_add(&report->added, normal);
    else if (strcmp(have, version) != 0)
        strings_add_owned(&report->changed, memory_format("%s %s -> %s", normal, have, version));
    return true;
}

bool pip_report_read(const char *json, const struct strings *packages, struct pip_report *report) {
    *report = (struct pip_report){0};
    /* older pips say on standard output what they collect */
    const char *begin = json ? strchr(json, '{') : NULL;
    cJSON *root = begin ? cJSON_Parse(begin) : NULL;
    const cJSON *install = cJSON_GetObjectItem(root, "install");
    bool good = cJSON_IsArray(install);
    for (const cJSON *item = good ? install->child : NULL; good && item; item = item->next)
        good = add(item, packages, report);
    cJSON_Delete(root);
    return good;
}

void pip_report_free(struct pip_report *report) {
    strings_free(&report->added);
    strings_free(&report->changed);
}
