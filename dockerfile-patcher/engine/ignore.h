/* The rules of .gitignore files, nearest last. */
#ifndef PATCH_IGNORE_H
#define PATCH_IGNORE_H

#include <stdbool.h>
#include <stddef.h>

struct ignore_rule {
    char *pattern; /* without leading ! and /, without trailing / */
    size_t base;   /* length of the directory part of paths that it is relative to */
    bool negated;
    bool directory; /* for directories only */
    bool anchored;  /* to its own directory; else any name below it */
};

struct ignore_rules {
    struct ignore_rule *items;
    size_t count;
    size_t capacity;
};

/* Adds the rules of `file`, if it is there; they speak of paths that begin with the first `base` bytes. */
void ignore_read(struct ignore_rules *rules, const char *file, size_t base);

/* Adds one line of such a file. */
void ignore_add(struct ignore_rules *rules, const char *line, size_t length, size_t base);

/* The last rule that matches decides. */
bool ignore_hides(const struct ignore_rules *rules, const char *path, bool is_directory);

/* Forgets the rules behind the first `count`. */
void ignore_cut(struct ignore_rules *rules, size_t count);

#endif
