/* JSON that is read, changed and written again without losing what cJSON would lose: the digits of numbers. */
#ifndef SETUP_JSON_H
#define SETUP_JSON_H

#include <cjson/cJSON.h>

/* An object, its numbers kept as they are written. NULL and *complaint ("is not JSON: line 3"), owned by the
 * caller, for anything else: an array, comments, a key that is there twice, bytes behind the end. */
cJSON *json_read(const char *text, char **complaint);

/* Indented as `like` is (by its first indented line; two spaces where there is none), with a final newline. Owned by
 * the caller. */
char *json_write(const cJSON *root, const char *like);

#endif
