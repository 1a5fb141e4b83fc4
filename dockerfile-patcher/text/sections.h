/* INI files as spans: systemd's units and uWSGI's configs, each as its own program reads it.
 *
 * systemd (src/shared/conf-parser.c): a backslash at the end of a line joins it with the next, lines that begin with #
 * or ; are comments even between the two, a value is trimmed. uWSGI (core/ini.c): no continuation; a name alone means
 * true. Nothing is unquoted here. */
#ifndef PATCH_SECTIONS_H
#define PATCH_SECTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "dockerfile-patcher/engine/arena.h"
#include "dockerfile-patcher/engine/source.h"

enum sections_dialect { SECTIONS_SYSTEMD, SECTIONS_UWSGI };

struct section {
    const char *name;
    struct span header; /* its line */
    struct span last;   /* the line of its last entry, or the header: new entries go behind it */
};

struct section_entry {
    size_t section;    /* index, or SIZE_MAX in front of the first header */
    const char *name;  /* NUL-terminated */
    const char *value; /* continuations joined by a blank, trimmed; "" for a name alone; NUL-terminated */
    size_t length;
    const size_t *map; /* source offset of each of length + 1 value offsets */
    bool bare;         /* a name alone */
    bool ignored;      /* `# appsig-ignore` in the comment directly above */
    struct span name_span;
    struct span span; /* whole lines, continuations included */
};

struct sections {
    struct arena arena;
    struct section *items;
    size_t count;
    struct section_entry *entries;
    size_t entry_count;
    bool ignored;     /* `# appsig-ignore` in front of everything else */
    size_t broken_at; /* offset of a line that the program would refuse or skip; SIZE_MAX: there is none */
};

void sections_scan(struct sections *sections, const struct source *source, enum sections_dialect dialect);
void sections_free(struct sections *sections);

/* The first section of that name, or NULL. */
struct section *sections_named(const struct sections *sections, const char *name);

/* The next entry of that name in that section from index *at on, which is moved behind it; NULL at the end. */
const struct section_entry *sections_next(const struct sections *sections, const char *section,
                                          const char *name, size_t *at);

#endif
