/*
 * The Test Anything Protocol in one header, for tests/unit/test_*.c.
 *
 *     int main(void)
 *     {
 *         IS_STR(service_name(&facts), "shop", "the option wins over the environment");
 *         return done_testing();
 *     }
 *
 * Every check evaluates its arguments once, prints one line and returns whether it held, so that a test can go on
 * with `if (!OK(p != NULL, "...")) ...`. A failed check tells file, line, what it got and what it wanted.
 * The plan comes last: a program that dies half-way has none, and prove reports it as failed.
 */
#ifndef APPSIG_TAP_H
#define APPSIG_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define TAP_PRINTF(text, first) __attribute__((format(printf, text, first)))

struct tap_state {
    int run;
    int failed;
};
static struct tap_state tap;

TAP_PRINTF(4, 0)
static inline bool tap_check(bool held, const char *file, int line, const char *format, va_list arguments) {
    tap.run++;
    printf("%s %d - ", held ? "ok" : "not ok", tap.run);
    vprintf(format, arguments);
    printf("\n");
    if (!held) {
        tap.failed++;
        printf("# failed at %s:%d\n", file, line);
    }
    fflush(stdout);
    return held;
}

TAP_PRINTF(4, 5)
static inline bool tap_ok(bool held, const char *file, int line, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    tap_check(held, file, line, format, arguments);
    va_end(arguments);
    return held;
}

/* Equal text; NULL equals only NULL. */
TAP_PRINTF(5, 6)
static inline bool tap_str(const char *got, const char *want, const char *file, int line, const char *format,
                           ...) {
    bool held = got != NULL && want != NULL ? strcmp(got, want) == 0 : got == want;
    va_list arguments;
    va_start(arguments, format);
    tap_check(held, file, line, format, arguments);
    va_end(arguments);
    if (!held)
        printf("#      got: %s\n# expected: %s\n", got != NULL ? got : "(null)",
               want != NULL ? want : "(null)");
    return held;
}

TAP_PRINTF(5, 6)
static inline bool tap_int(long long got, long long want, const char *file, int line, const char *format,
                           ...) {
    va_list arguments;
    va_start(arguments, format);
    tap_check(got == want, file, line, format, arguments);
    va_end(arguments);
    if (got != want) printf("#      got: %lld\n# expected: %lld\n", got, want);
    return got == want;
}

/* The plan; main returns its value. A program that checked nothing has failed. */
static inline int done_testing(void) {
    printf("1..%d\n", tap.run);
    return tap.failed == 0 && tap.run > 0 ? 0 : 1;
}

#define OK(held, ...) tap_ok((held), __FILE__, __LINE__, __VA_ARGS__)
#define IS_STR(got, want, ...) tap_str((got), (want), __FILE__, __LINE__, __VA_ARGS__)
#define IS_INT(got, want, ...) tap_int((long long)(got), (long long)(want), __FILE__, __LINE__, __VA_ARGS__)
#define NOTE(...) (printf("# " __VA_ARGS__), printf("\n"))
/* What cannot be checked here; `reason` says what is missing. A failure where CI=true (mk/totals.py). */
#define SKIP(reason) printf("ok %d # SKIP %s\n", ++tap.run, (reason))

#endif
