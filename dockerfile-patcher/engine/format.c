#include "dockerfile-patcher/engine/format.h"

#include <string.h>

#include "common/memory.h"
#include "common/text.h"

/* In the order of planning: what links to others stands in front of what is linked. */
const struct format *const format_rows[] = {
    &format_terraform, &format_cdk,        &format_userdata, &format_systemd, &format_compose,
    &format_shell,     &format_dockerfile, &format_gunicorn, &format_uwsgi,
};
const size_t format_count = array_length(format_rows);

const struct format *format_of_path(const char *path) {
    const char *base = text_base_name(path);
    const struct format *found = NULL;
    for (size_t i = 0; i < format_count; i++) {
        const struct format *format = format_rows[i];
        if (!format->recognise || (found && format->confirm) || !format->recognise(path, base)) continue;
        if (!format->confirm) return format;
        found = format;
    }
    return found;
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
