#include "common/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static memory_failure_handler *failure_handler;

memory_failure_handler *memory_on_failure(memory_failure_handler *handler) {
    memory_failure_handler *before = failure_handler;
    failure_handler = handler;
    return before;
}

static void *checked(void *memory) {
    if (memory) return memory;
    if (failure_handler) failure_handler();
    abort();
}

void *memory_allocate(size_t bytes) { return checked(malloc(bytes ? bytes : 1)); }

void *memory_zeroed(size_t count, size_t bytes) {
    return checked(calloc(count ? count : 1, bytes ? bytes : 1));
}

void *memory_resize(void *old, size_t bytes) { return checked(realloc(old, bytes ? bytes : 1)); }

char *memory_copy(const char *string) { return memory_copy_bytes(string, strlen(string)); }

char *memory_copy_bytes(const char *bytes, size_t length) {
    char *copy = memory_allocate(length + 1);
    if (length) memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

char *memory_format_list(const char *format, va_list arguments) {
    char most[256]; /* what nearly all fit into, and are formatted but once */
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(most, sizeof most, format, again);
    va_end(again);
    if (length < 0) return memory_copy(format);
    if ((size_t)length < sizeof most) return memory_copy_bytes(most, (size_t)length);
    char *text = memory_allocate((size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    return text;
}

char *memory_format(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = memory_format_list(format, arguments);
    va_end(arguments);
    return text;
}
