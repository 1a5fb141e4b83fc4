/*
 * What objects compiled against glibc with _FORTIFY_SOURCE call, for musl. Only those that Debian's libiniparser.a
 * needs; the checks that can be made are made.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int __sprintf_chk(char *text, int flag, size_t size, const char *format, ...);
int __fprintf_chk(FILE *stream, int flag, const char *format, ...);
int __vfprintf_chk(FILE *stream, int flag, const char *format, va_list arguments);

__attribute__((format(printf, 4, 5))) int __sprintf_chk(char *text, int flag, size_t size, const char *format,
                                                        ...) {
    (void)flag;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, size, format, arguments);
    va_end(arguments);
    if (length >= 0 && (size_t)length >= size) abort();
    return length;
}

__attribute__((format(printf, 3, 4))) int __fprintf_chk(FILE *stream, int flag, const char *format, ...) {
    (void)flag;
    va_list arguments;
    va_start(arguments, format);
    int length = vfprintf(stream, format, arguments);
    va_end(arguments);
    return length;
}

__attribute__((format(printf, 3, 0))) int __vfprintf_chk(FILE *stream, int flag, const char *format,
                                                         va_list arguments) {
    (void)flag;
    return vfprintf(stream, format, arguments);
}
