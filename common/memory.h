/* Allocation that never returns NULL, and cleanup attributes.
 *
 * Out of memory ends in the handler that the program's main has set: appsig-exec starts the command untouched
 * there, the other programs leave with one line. Without a handler, or when it returns, the process aborts. */
#ifndef COMMON_MEMORY_H
#define COMMON_MEMORY_H

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

typedef void memory_failure_handler(void);

/* Sets what is called when an allocation fails; returns what was set before. */
memory_failure_handler *memory_on_failure(memory_failure_handler *handler);

/* The caller owns every result and frees it with free(). */
void *memory_allocate(size_t bytes);
void *memory_zeroed(size_t count, size_t bytes);
void *memory_resize(void *old, size_t bytes);
char *memory_copy(const char *string);
char *memory_copy_bytes(const char *bytes, size_t length);
char *memory_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *memory_format_list(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));

static inline void memory_free_indirect(void *pointer_to_pointer) { free(*(void **)pointer_to_pointer); }

static inline void memory_close_indirect(int *descriptor) {
    if (*descriptor >= 0) close(*descriptor);
}

static inline void *memory_steal(void *pointer_to_pointer) {
    void **pointer = pointer_to_pointer;
    void *value = *pointer;
    *pointer = NULL;
    return value;
}

#define cleanup_free __attribute__((cleanup(memory_free_indirect)))
#define cleanup_fd __attribute__((cleanup(memory_close_indirect)))

/* The value of *pointer, which becomes NULL: hands ownership out of a cleanup_free variable. */
#define steal_pointer(pointer) ((__typeof__(*(pointer)))memory_steal(pointer))

#define array_length(array) (sizeof(array) / sizeof(array)[0])

#endif
