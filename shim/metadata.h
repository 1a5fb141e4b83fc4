/* Names out of what the metadata services answer. Runs in the probe child only. */
#ifndef SHIM_METADATA_H
#define SHIM_METADATA_H

#include <stdbool.h>
#include <stddef.h>

/* ECS container metadata v4 (JSON): the container's name, else its task definition's family. False, and name "", where
 * neither is there as printable ASCII that fits. */
bool metadata_container_name(const char *body, size_t length, char *name, size_t size);

/* A line of printable ASCII without blanks at its ends: a token, a tag's value. False, and name "", otherwise. */
bool metadata_plain_name(const char *body, size_t length, char *name, size_t size);

#endif
