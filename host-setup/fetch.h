/* A file of this host or of a URL, checked before it is used. */
#ifndef SETUP_FETCH_H
#define SETUP_FETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "host-setup/room.h"
#include "host-setup/tell.h"

/* With a digest (SHA-256, hexadecimal) that is what is checked; without one a file is taken as it is, and a URL has a
 * signature beside it (URL.sig) that gpg checks against AWS's key. *bytes is owned by the caller. */
bool fetch_file(const struct room *room, const char *source, const char *digest, struct tell *tell,
                char **bytes, size_t *length, struct error **error);

#endif
