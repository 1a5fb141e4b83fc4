/* Answer files and .appsig-patch.ini: `[section]`, `name = value`, comments on lines of their own that begin with # or
 * ;. A value is everything behind the sign, blanks trimmed: # and ; in it stay (which is why this is not iniparser). */
#ifndef PATCH_INI_H
#define PATCH_INI_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"

/* false and *complaint (owned by the caller) refuses the line. */
typedef bool ini_entry(const char *section, const char *name, const char *value, size_t line, void *context,
                       char **complaint);

/* A missing file is an error unless `may_miss`. Errors have exit code 64 and name file:line. */
bool ini_read(const char *path, bool may_miss, ini_entry *entry, void *context, struct error **error);

#endif
