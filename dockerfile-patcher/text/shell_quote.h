/* A value as one word of a shell script. */
#ifndef PATCH_SHELL_QUOTE_H
#define PATCH_SHELL_QUOTE_H

#include "common/text.h"

/* Adds the value as it is where no shell would read it otherwise, else in single quotes. */
void shell_quote(struct text *out, const char *value);

#endif
