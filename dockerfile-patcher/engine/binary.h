/* What a binary file needs in a diff that git takes, and in a list of digests. */
#ifndef PATCH_BINARY_H
#define PATCH_BINARY_H

#include <stddef.h>

#include "common/text.h"

void sha256_hex(const char *bytes, size_t length, char hex[65]);

/* SHA-1 of git's blob object: 40 digits. */
void git_blob_id(const char *bytes, size_t length, char hex[65]);

/* "GIT binary patch" with the new bytes whole (stored, not compressed) and nothing before. */
void git_binary_literal(struct text *out, const char *bytes, size_t length);

#endif
