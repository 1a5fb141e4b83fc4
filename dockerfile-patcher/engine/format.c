#include "dockerfile-patcher/engine/format.h"

#include <string.h>

#include "common/memory.h"
#include "common/text.h"

/* In the order of planning: what links to others stands in front of what is linked. */
const struct format *const format_rows[] = {
    &format_terraform, &format_cdk,   &format_cloudformation, &format_userdata, &format_systemd,
    &format_compose,   &format_shell, &format_dockerfile,     &format_gunicorn, &format_uwsgi,
};
const size_t format_count = array_length(format_rows);

static bool is_taken(const struct format *row, const char *path, const char *base,
                     const struct strings *only) {
    if (only && only->count && !strings_contain(only, row->name)) return false;
    return row->recognise && row->recognise(path, base);
}

const struct format *format_of_path(const char *path, const char *base, const struct strings *only,
                                    bool *alone) {
    const struct format *found = NULL;
    *alone = true;
    for (size_t i = 0; i < format_count; i++) {
        const struct format *row = format_rows[i];
        if (!is_taken(row, path, base, only)) continue;
        *alone = !found;
        if (!found || (found->confirm && !row->confirm)) found = row;
    }
    return found;
}

const struct format *format_of_source(const struct source *source, const struct strings *only) {
    const char *base = text_base_name(source->path);
    for (size_t i = 0; i < format_count; i++) {
        const struct format *row = format_rows[i];
        if (is_taken(row, source->path, base, only) && (!row->confirm || row->confirm(source))) return row;
    }
    return NULL;
}

const struct format *format_named(const char *name) {
    for (size_t i = 0; i < format_count; i++)
        if (strcmp(format_rows[i]->name, name) == 0) return format_rows[i];
    return NULL;
}

void links_add(struct links *links, const char *path) {
    if (links->count == links->capacity) {
        links->capacity = links->capacity ? links->capacity * 2 : 8;
        links->paths = memory_resize(links->paths, links->capacity * sizeof *links->paths);
    }
    links->paths[links->count++] = memory_copy(path);
}

void links_free(struct links *links) {
    for (size_t i = 0; i < links->count; i++) free(links->paths[i]);
    free(links->paths);
    *links = (struct links){0};
}
