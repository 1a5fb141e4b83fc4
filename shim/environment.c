#include "shim/environment.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

const char *environment_raw(char *const *environment, const char *name) {
    size_t length = strlen(name);
    for (; environment && *environment; environment++)
        if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
            return *environment + length + 1;
    return NULL;
}

const char *environment_value(char *const *environment, const char *name) {
    const char *value = environment_raw(environment, name);
    return value && *value ? value : NULL;
}

bool environment_is_true(const char *value) {
    return value && (strcasecmp(value, "true") == 0 || strcmp(value, "1") == 0 ||
                     strcasecmp(value, "yes") == 0 || strcasecmp(value, "on") == 0);
}
