/* The options that opentelemetry-instrument takes for its own, as ADOT 0.21 declares them (FACTS, "What
 * opentelemetry-instrument does", step 1). A program test compares this list with the installed one. */
#ifndef SHIM_WRAPPER_OPTIONS_H
#define SHIM_WRAPPER_OPTIONS_H

#include <stddef.h>

extern const char *const wrapper_options[]; /* without dashes, sorted */
extern const size_t wrapper_option_count;

/* How many of them the first `length` bytes of `name` abbreviate; 1 where it is one of them to the letter. */
size_t wrapper_option_matches(const char *name, size_t length);

#endif
