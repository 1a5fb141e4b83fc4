/* A unified diff of two small texts: one hunk from the first line that differs to the last. */
#ifndef SETUP_LINEDIFF_H
#define SETUP_LINEDIFF_H

#include "common/text.h"

/* `old` is NULL for a file that is not there yet. Adds nothing where both are the same, or `new` is empty then too. */
void linediff(struct text *out, const char *path, const char *old, const char *new);

#endif
