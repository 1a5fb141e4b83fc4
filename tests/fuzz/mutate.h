/* Small changes of an input, the same ones for the same state on every machine. */
#ifndef FUZZ_MUTATE_H
#define FUZZ_MUTATE_H

#include <stddef.h>
#include <stdint.h>

#include "common/text.h"

/* *state is the generator's, never 0. Adds to `out` the bytes with one to four changes: a piece dropped, doubled, moved
 * from `other`, or one of the signs put in that scanners look for. */
void mutate(uint64_t *state, const char *bytes, size_t length, const char *other, size_t other_length,
            struct text *out);

/* A number below `limit`, which is not 0. */
size_t mutate_below(uint64_t *state, size_t limit);

#endif
