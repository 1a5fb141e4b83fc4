#include "common/error.h"

#include <stdarg.h>
#include <stdlib.h>

#include "common/memory.h"

bool error_set(struct error **error, int exit_code, const char *format, ...) {
    if (!error || *error) return false;
    *error = memory_allocate(sizeof **error);
    va_list arguments;
    va_start(arguments, format);
    (*error)->message = memory_format_list(format, arguments);
    va_end(arguments);
    (*error)->exit_code = exit_code;
    return false;
}

void error_free(struct error **error) {
    if (!*error) return;
    free((*error)->message);
    free(*error);
    *error = NULL;
}
