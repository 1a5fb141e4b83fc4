#include "dockerfile-patcher/app/deployed.h"

#include <string.h>

#include "common/memory.h"
#include "common/text.h"

enum { MOST_PLACES = 4 };

struct places {
    char *items[MOST_PLACES];
    size_t count;
};

static void add_place(struct places *places, char *directory) {
    for (size_t i = 0; i < places->count; i++)
        if (strcmp(places->items[i], directory) == 0) {
            free(directory);
            return;
        }
    places->items[places->count++] = directory;
}

static void list_places(const struct deployed *deployed, struct places *places) {
    const char *root = deployed->unit->root;
    size_t length = strlen(root);
    *places = (struct places){0};
    add_place(places, memory_copy(root));
    add_place(places, memory_copy(deployed->near));
    char *above = text_directory(deployed->near);
    if (strlen(above) > length && strncmp(above, root, length) == 0)
        add_place(places, above);
    else
        free(above);
}

static void free_places(struct places *places) {
    for (size_t i = 0; i < places->count; i++) free(places->items[i]);
}

/* `found` becomes the one path that is there; false where there are two. */
static bool find_tail(const struct deployed *deployed, const struct places *places, const char *tail,
                      char **found) {
    for (size_t i = 0; i < places->count; i++) {
        cleanup_free char *path = text_join_path(places->items[i], tail);
        if (!unit_has_file(deployed->unit, path)) continue;
        if (*found) return false;
        *found = steal_pointer(&path);
    }
    return true;
}

char *deployed_file(const struct deployed *deployed, const char *path) {
    struct places places;
    cleanup_free char *whole =
        *path != '/' && deployed->directory ? text_join_path(deployed->directory, path) : memory_copy(path);
    char *found = NULL;
    list_places(deployed, &places);
    bool single = true;
    for (const char *tail = whole; tail && !found && single; tail = strchr(tail, '/')) {
        while (*tail == '/') tail++;
        if (text_starts(tail, "./")) tail += 2;
        if (*tail) single = find_tail(deployed, &places, tail, &found);
    }
    free_places(&places);
    if (!single) free(steal_pointer(&found));
    return found;
}

static bool holds_module(const struct deployed *deployed, const char *directory, const char *module) {
    cleanup_free char *name = memory_copy_bytes(module, strcspn(module, ":"));
    for (char *dot = name; (dot = strchr(dot, '.'));) *dot = '/';
    cleanup_free char *file = memory_format("%s/%s.py", directory, name);
    cleanup_free char *package = memory_format("%s/%s/__init__.py", directory, name);
    return unit_has_file(deployed->unit, file) || unit_has_file(deployed->unit, package);
}

char *deployed_module_directory(const struct deployed *deployed, const char *module) {
    struct places places;
    char *found = NULL;
    bool single = true;
    list_places(deployed, &places);
    if (deployed->directory)
        add_place(&places, text_join_path(deployed->unit->root, text_base_name(deployed->directory)));
    for (size_t i = 0; i < places.count && single; i++) {
        if (!holds_module(deployed, places.items[i], module)) continue;
        single = !found;
        if (single) found = memory_copy(places.items[i]);
    }
    free_places(&places);
    if (!single) free(steal_pointer(&found));
    return found;
}
