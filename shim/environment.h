/* Reading an environment block ("NAME=value", NULL at the end) without changing it. */
#ifndef SHIM_ENVIRONMENT_H
#define SHIM_ENVIRONMENT_H

#include <stdbool.h>

/* The value as it stands, possibly ""; NULL where the variable is not set. The pointer is into the block. */
const char *environment_raw(char *const *environment, const char *name);

/* The value, or NULL where the variable is not set or empty: an empty value counts as none. */
const char *environment_value(char *const *environment, const char *name);

/* True for a value that means yes in OTEL's and our own switches: "true" in any case, "1", "yes", "on". */
bool environment_is_true(const char *value);

#endif
