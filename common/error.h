/* An error that travels outward: every layer that can fail takes `struct error **error` as its last parameter.
 *
 * Functions return false (or NULL) and set *error, if error is not NULL, to an object that the caller frees. Only
 * main.c turns one into a line and an exit code. Messages: lower case, the failing thing first and quoted, no full stop. */
#ifndef COMMON_ERROR_H
#define COMMON_ERROR_H

#include <stdbool.h>

struct error {
    char *message;
    int exit_code; /* what main returns where this error ends the program */
};

/* Always false, so that `return error_set(...)` reads well. */
bool error_set(struct error **error, int exit_code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void error_free(struct error **error);

#define cleanup_error __attribute__((cleanup(error_free)))

#endif
