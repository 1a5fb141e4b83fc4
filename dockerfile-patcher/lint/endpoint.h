/* Where an app sends to, by its variables. */
#ifndef PATCH_LINT_ENDPOINT_H
#define PATCH_LINT_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

enum { ENDPOINT_MOST_HOST = 128 };

struct endpoint {
    char host[ENDPOINT_MOST_HOST];
    long port;
};

/* Of "http://host:port/path", or of "endpoint=http://host:port" as the sampler's argument has it; false where it is
 * neither, or has no port. */
bool endpoint_of(const char *value, struct endpoint *endpoint);

enum endpoint_use { ENDPOINT_SIGNALS, ENDPOINT_TRACES, ENDPOINT_SAMPLER };

/* The variables that say it, the surest first. */
struct endpoint_variable {
    const char *name;
    enum endpoint_use use;
};
extern const struct endpoint_variable endpoint_variables[];
extern const size_t endpoint_variable_count;

#endif
