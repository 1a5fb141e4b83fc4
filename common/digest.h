/* Digests, in hexadecimal. */
#ifndef COMMON_DIGEST_H
#define COMMON_DIGEST_H

#include <stddef.h>

void sha256_hex(const char *bytes, size_t length, char hex[65]);

/* SHA-1 of git's blob object: 40 digits. */
void git_blob_id(const char *bytes, size_t length, char hex[65]);

#endif
