/* A compose file (v1 without `services:` up to the current specification), and what a service is after merges,
 * `extends` and the files beside it.
 *
 * Rules: https://github.com/compose-spec/compose-spec (05-services.md, 13-merge.md, build.md). */
#ifndef PATCH_COMPOSE_H
#define PATCH_COMPOSE_H

#include <stdbool.h>
#include <stddef.h>

#include "dockerfile-patcher/engine/unit.h"
#include "dockerfile-patcher/text/yaml.h"

struct compose_service {
    const char *name;
    struct document *document;
    struct yaml_node *key;
    struct yaml_node *node; /* its mapping */
    bool ignored;           /* `# appsig-ignore` on its line or the one above */
};

struct compose {
    struct yaml yaml;
    struct compose_service *services;
    size_t count;
    bool ignored; /* the whole file */
};

/* Fills services; false where the file is none of compose (no services). */
bool compose_read(struct document *document, struct compose *compose);

/* A Dockerfile that a service is built from; all owned by the caller. */
struct compose_build {
    char *context; /* a directory, as in source.path */
    char *
        dockerfile; /* as in source.path; NULL where it is not to be found here: `inline`, an address, a variable */
    const char *target;
    const struct yaml_node *place; /* of `build:` */
    bool inlined;                  /* dockerfile_inline */
};

/* False where the service has no `build:`. */
bool compose_build_of(struct unit *unit, const struct compose_service *service, struct compose_build *build);
void compose_build_free(struct compose_build *build);

/* The value of a key as the service has it: its own, merged, of what it extends, and of the service of the same name in
 * the files that this one is laid over; NULL where none has it. *owner (may be NULL): the service that says it. */
struct yaml_node *compose_value(struct unit *unit, const struct compose_service *service, const char *key,
                                const struct compose_service **owner);

/* The same without the files beside it: its own and merged. */
struct yaml_node *compose_own(const struct compose_service *service, const char *key);

/* The service of the same name in docker-compose.yml or compose.yaml beside an override file that does not say itself
 * what it is built from; NULL where there is none. */
const struct compose_service *compose_base(struct unit *unit, const struct compose_service *service);

/* The service that this one `extends`, of its own or another file of the unit, or NULL. */
const struct compose_service *compose_extended(struct unit *unit, const struct compose_service *service);

/* The service of this file with that name, or NULL. */
const struct compose_service *compose_named(const struct compose *compose, const char *name);

/* ${NAME:-default} and $NAME with a default filled in; NULL where a variable has none. Owned by the caller. */
char *compose_interpolated(const char *text);

/* "Dockerfile" joined to a directory with its . and .. taken out; owned by the caller. */
char *compose_path(const char *directory, const char *path);

#endif
