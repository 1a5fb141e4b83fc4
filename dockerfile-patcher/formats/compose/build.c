#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/compose/compose.h"

char *compose_path(const char *directory, const char *path) {
    cleanup_strings struct strings parts = {0};
    cleanup_free char *joined = *path == '/' ? memory_copy(path) : memory_format("%s/%s", directory, path);
    struct text out = {0};
    bool dotted = text_starts(directory, "./") || strcmp(directory, ".") == 0;
    for (const char *at = joined; *at;) {
        size_t length = strcspn(at, "/");
        cleanup_free char *part = memory_copy_bytes(at, length);
        at += length + (at[length] == '/');
        bool up = strcmp(part, "..") == 0;
        if (up && parts.count && strcmp(parts.items[parts.count - 1], "..") != 0)
            strings_remove(&parts, parts.count - 1);
        else if (*part && strcmp(part, ".") != 0)
            strings_add(&parts, part);
    }
    if (*joined == '/')
        text_add_char(&out, '/');
    else if (dotted && *path != '/')
        text_add(&out, parts.count ? "./" : ".");
    else if (!parts.count)
        text_add(&out, ".");
    for (size_t i = 0; i < parts.count; i++) text_add_format(&out, "%s%s", i ? "/" : "", parts.items[i]);
    return text_take(&out);
}

/* ${NAME:-default}, ${NAME-default}; $$ is a dollar. */
char *compose_interpolated(const char *text) {
    struct text out = {0};
    text_add(&out, "");
    for (const char *at = text; *at;) {
        if (*at != '$') {
            text_add_char(&out, *at++);
        } else if (at[1] == '$') {
            text_add_char(&out, '$');
            at += 2;
        } else {
            const char *end = at[1] == '{' ? strchr(at, '}') : NULL;
            const char *dash = end ? memchr(at, '-', (size_t)(end - at)) : NULL;
            if (!dash || memchr(dash, '$', (size_t)(end - dash))) {
                text_free(&out);
                return NULL;
            }
            text_add_bytes(&out, dash + 1, (size_t)(end - dash) - 1);
            at = end + 1;
        }
    }
    return text_take(&out);
}

/* A repository's or archive's address, which compose hands to the builder. */
static bool is_address(const char *context) {
    return strstr(context, "://") || text_starts(context, "git@") || text_starts(context, "github.com/");
}

static void find_dockerfile(const struct compose_service *said_by, struct yaml_node *build,
                            const char *context, struct compose_build *out) {
    cleanup_free char *filled = compose_interpolated(context);
    cleanup_free char *above = text_directory(said_by->document->source.path);
    if (!filled || is_address(filled)) return;
    out->context = compose_path(above, filled);
    const char *name = yaml_text(yaml_find_merged(build, "dockerfile", NULL));
    if (!name) name = yaml_text(compose_own(said_by, "dockerfile")); /* version 1 */
    cleanup_free char *file = compose_interpolated(name ? name : "Dockerfile");
    if (file && !out->inlined) out->dockerfile = compose_path(out->context, file);
}

bool compose_build_of(struct unit *unit, const struct compose_service *service, struct compose_build *out) {
    const struct compose_service *said_by = service;
    struct yaml_node *build = compose_value(unit, service, "build", &said_by);
    *out = (struct compose_build){.place = build};
    if (!build || yaml_is_null(build)) return false;
    if (build->kind == YAML_SCALAR) {
        find_dockerfile(said_by, build, build->value, out);
        return true;
    }
    if (build->kind != YAML_MAPPING) return false;
    out->target = yaml_text(yaml_find_merged(build, "target", NULL));
    out->inlined = yaml_find_merged(build, "dockerfile_inline", NULL) != NULL;
    struct yaml_node *context = yaml_find_merged(build, "context", NULL);
    /* An override file gives arguments or a target only: the rest stands in the file below. */
    const struct compose_service *base = context ? NULL : compose_base(unit, said_by);
    struct compose_build below;
    if (base && compose_build_of(unit, base, &below)) {
        out->context = below.context;
        out->dockerfile = below.dockerfile;
        if (!out->target) out->target = below.target;
        return true;
    }
    const char *directory = context ? yaml_text(context) : ".";
    if (directory) find_dockerfile(said_by, build, directory, out);
    return true;
}

void compose_build_free(struct compose_build *build) {
    free(build->context);
    free(build->dockerfile);
    *build = (struct compose_build){0};
}
