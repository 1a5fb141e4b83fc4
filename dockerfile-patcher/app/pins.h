/* What an app pins that ADOT's own dependencies would change. */
#ifndef PATCH_PINS_H
#define PATCH_PINS_H

#include <stdbool.h>
#include <stddef.h>

#include "dockerfile-patcher/engine/source.h"

/* A package that ADOT 0.21.0 asks for (its wheel's METADATA, and what those packages ask for in turn). */
struct adot_need {
    const char *package; /* normalised: lower case, - for _ and . */
    const char *version; /* "=6.33.5": exactly; ">2.7.0": that or later */
};
extern const struct adot_need adot_needs[];
extern const size_t adot_need_count;

struct pin {
    const struct adot_need *need;
    char wanted[64]; /* as the file has it: "==4.25.1" */
    size_t offset;   /* in the source */
};

/* Calls `found` for each pin of a requirements file, or of a lock file (by its name: poetry.lock, uv.lock, pdm.lock,
 * Pipfile.lock), or of a pyproject.toml, that installing ADOT would not leave as it is. */
void pins_of(const struct source *source, void (*found)(const struct pin *pin, void *context), void *context);

/* Would the version satisfy the specifiers ("==1.2", ">=1,<2", "~=1.4", "!=1.0", "==1.*")? What cannot be read is
 * satisfied: a question needs a reason. */
bool version_satisfies(const char *version, const char *specifiers);

/* -1, 0, 1 by release segments; a pre-release is earlier than its release. */
int version_compare(const char *one, const char *other);

#endif
