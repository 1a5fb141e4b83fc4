/* What a binary file needs in a diff that git takes, beside its digest. */
#ifndef PATCH_BINARY_H
#define PATCH_BINARY_H

#include <stddef.h>

#include "common/digest.h"
#include "common/text.h"

/* "GIT binary patch" with the new bytes whole (stored, not compressed) and nothing before. */
void git_binary_literal(struct text *out, const char *bytes, size_t length);

#endif
