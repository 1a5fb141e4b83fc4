#include "shim/metadata.h"

#include <cjson/cJSON.h>
#include <string.h>

bool metadata_plain_name(const char *body, size_t length, char *name, size_t size) {
    name[0] = '\0';
    while (length > 0 && strchr(" \t\r\n", body[length - 1])) length--;
    if (length == 0 || length >= size || body[0] == ' ') return false;
    for (size_t i = 0; i < length; i++)
        if (body[i] < ' ' || body[i] > '~') return false;
    memcpy(name, body, length);
    name[length] = '\0';
    return true;
}

static bool take(const cJSON *object, const char *key, char *name, size_t size) {
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    return value && metadata_plain_name(value, strlen(value), name, size);
}

bool metadata_container_name(const char *body, size_t length, char *name, size_t size) {
    name[0] = '\0';
    cJSON *document = cJSON_ParseWithLength(body, length);
    const cJSON *labels = cJSON_GetObjectItemCaseSensitive(document, "Labels");
    bool found = take(labels, "com.amazonaws.ecs.container-name", name, size) ||
                 take(document, "Name", name, size) ||
                 take(labels, "com.amazonaws.ecs.task-definition-family", name, size);
    cJSON_Delete(document);
    return found;
}
