#include "dockerfile-patcher/engine/walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/files.h"
#include "common/memory.h"
#include "dockerfile-patcher/engine/finding.h"
#include "dockerfile-patcher/engine/ignore.h"

enum { MOST_DEPTH = 128 };

struct walk {
    struct ignore_rules rules;
    const struct strings *exclude;
    size_t root_length;
    bool in_repository;
    walk_found *found;
    walk_found *unreadable;
    void *context;
};

struct entry {
    char *name;
    bool directory;
};

struct entries {
    struct entry *items;
    size_t count;
};

static int by_name(const void *one, const void *other) {
    return strcmp(((const struct entry *)one)->name, ((const struct entry *)other)->name);
}

/* A link to a file is a file; a link to a directory is not followed, as git does not. */
static bool classify(const char *path, unsigned char type, bool *directory) {
    struct stat status;
    *directory = type == DT_DIR;
    if (type == DT_DIR || type == DT_REG) return true;
    if (type == DT_UNKNOWN && lstat(path, &status) == 0 && S_ISDIR(status.st_mode)) return *directory = true;
    return (type == DT_LNK || type == DT_UNKNOWN) && stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static bool is_excluded(const struct walk *walk, const char *path, bool directory) {
    if (ignore_hides(&walk->rules, path, directory)) return true;
    const char *below = path + walk->root_length;
    for (size_t i = 0; i < walk->exclude->count; i++) {
        const char *pattern = walk->exclude->items[i];
        if (glob_matches(pattern, below) ||
            (!strchr(pattern, '/') && glob_matches(pattern, text_base_name(path))))
            return true;
    }
    return false;
}

static bool read_entries(const char *path, struct entries *entries) {
    DIR *stream = opendir(path);
    if (!stream) return false;
    size_t capacity = 0;
    for (struct dirent *entry; (entry = readdir(stream));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            strcmp(entry->d_name, ".git") == 0)
            continue;
        cleanup_free char *child = text_join_path(path, entry->d_name);
        bool directory;
        if (!classify(child, entry->d_type, &directory)) continue;
        if (entries->count == capacity) {
            capacity = capacity ? capacity * 2 : 32;
            entries->items = memory_resize(entries->items, capacity * sizeof *entries->items);
        }
        entries->items[entries->count++] = (struct entry){memory_copy(entry->d_name), directory};
    }
    closedir(stream);
    if (entries->count) qsort(entries->items, entries->count, sizeof *entries->items, by_name);
    return true;
}

static bool is_repository(const char *path) {
    cleanup_free char *git = text_join_path(path, ".git");
    return files_exists(git);
}

static void walk_directory(struct walk *walk, const char *path, unsigned depth) {
    struct entries entries = {0};
    if (!read_entries(path, &entries)) {
        if (walk->unreadable) walk->unreadable(path, strerror(errno), walk->context);
        return;
    }
    size_t rules = walk->rules.count;
    cleanup_free char *ignore_file = text_join_path(path, ".gitignore");
    ignore_read(&walk->rules, ignore_file, strlen(ignore_file) - strlen(".gitignore"));
    for (size_t i = 0; i < entries.count; i++) {
        cleanup_free char *child = text_join_path(path, entries.items[i].name);
        bool directory = entries.items[i].directory;
        if (is_excluded(walk, child, directory)) {
        } else if (!directory) {
            walk->found(child, text_base_name(child), walk->context);
        } else if (depth < MOST_DEPTH && !(walk->in_repository && is_repository(child))) {
            walk_directory(walk, child, depth + 1);
        }
        free(entries.items[i].name);
    }
    free(entries.items);
    ignore_cut(&walk->rules, rules);
}

/* From the repository's top down to the root's parent. Of these, only what holds at any depth can be asked about paths
 * that begin at the root; a pattern with a slash speaks of places outside it or names the root itself. */
static void read_rules_above(struct walk *walk, char *directory) {
    char *slash = strrchr(directory, '/');
    if (!slash || slash == directory) return;
    *slash = '\0';
    walk->in_repository = is_repository(directory);
    if (!walk->in_repository) read_rules_above(walk, directory);
    if (!walk->in_repository) return;
    *slash = '/';
    cleanup_free char *file = memory_format("%.*s/.gitignore", (int)(slash - directory), directory);
    size_t before = walk->rules.count, kept = before;
    ignore_read(&walk->rules, file, walk->root_length);
    for (size_t i = before; i < walk->rules.count; i++) {
        if (walk->rules.items[i].anchored)
            free(walk->rules.items[i].pattern);
        else
            walk->rules.items[kept++] = walk->rules.items[i];
    }
    walk->rules.count = kept;
}

static void find_repository(struct walk *walk, const char *root) {
    cleanup_free char *real = realpath(root, NULL);
    if (!real) return;
    walk->in_repository = is_repository(real);
    if (!walk->in_repository) return read_rules_above(walk, real);
    cleanup_free char *exclude = text_join_path(root, ".git/info/exclude");
    ignore_read(&walk->rules, exclude, walk->root_length);
}

bool walk_tree(const char *root, const struct strings *exclude, walk_found *found, walk_found *unreadable,
               void *context, struct error **error) {
    cleanup_free char *probe = text_join_path(root, "x");
    struct walk walk = {.exclude = exclude,
                        .found = found,
                        .unreadable = unreadable,
                        .context = context,
                        .root_length = strlen(probe) - 1};
    if (!files_is_directory(root)) {
        cleanup_free char *printable = text_printable(root, 200);
        return error_set(error, EXIT_USAGE, "'%s' is not a directory", printable);
    }
    find_repository(&walk, root);
    walk_directory(&walk, root, 0);
    ignore_cut(&walk.rules, 0);
    return true;
}
