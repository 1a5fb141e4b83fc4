/* Formats are rows; a new format is one file, one row in format_rows and its cases. */
#ifndef PATCH_FORMAT_H
#define PATCH_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"
#include "dockerfile-patcher/engine/source.h"

struct document;
struct edits;
struct unit;

/* Paths that a document leads to, as in source.path. */
struct links {
    char **paths; /* owned */
    size_t count;
    size_t capacity;
};
void links_add(struct links *links, const char *path);
void links_free(struct links *links);

struct format {
    const char *name; /* what --only takes: "dockerfile" */
    const char *help; /* one line for --help and the docs */

    /* By name alone, without a look into the file: the walk asks this for every file. `base` is what follows the last
     * slash of path. */
    bool (*recognise)(const char *path, const char *base);

    /* NULL, or a second look at the bytes of a file that `recognise` took: where it says no, or where the file is none that
     * can be read, the file is passed over without a word. For names that most files of a repository have (.py). */
    bool (*confirm)(const struct source *source);

    /* What leads to the same file is planned together wherever in the root it lies. Such a file is scanned once more, in
     * a unit of its own, to learn where it leads. */
    bool gathers;

    /* Makes document->model and adds to `links` what it leads to (may be NULL). A file that is not understood: false
     * and unit_refuse; unit_note where it is only to be left alone. Called once for a document. */
    bool (*scan)(struct unit *unit, struct document *document, struct links *links);

    /* Adds edits, files, questions and findings; for --remove the edits that take ours out (settings->remove). */
    void (*plan)(struct unit *unit, struct document *document);

    /* NULL, or: is `after` (the spliced bytes) what was meant? false and *complaint (owned by the caller). */
    bool (*verify)(const struct document *document, const struct source *after, char **complaint);

    void (*release)(void *model);

    bool directory; /* the files of a directory are one program: all of them are in one unit */

    /* NULL, or the tool's own command that deploys: the report names it, nobody here runs it. */
    const char *deploy;
};

extern const struct format *const format_rows[];
extern const size_t format_count;

/* The row that takes the path by its name, or NULL: of several, one that needs no second look. `base` is what follows the
 * last slash of path. `only` holds the names of the rows that count; NULL or empty: all. *alone: no other row takes it. */
const struct format *format_of_path(const char *path, const char *base, const struct strings *only,
                                    bool *alone);

/* The row that takes the file: the first that knows its name and, where it looks twice, its bytes; or NULL. */
const struct format *format_of_source(const struct source *source, const struct strings *only);
const struct format *format_named(const char *name);

/* One row a format; each lies in its own file under formats/. */
extern const struct format format_cloudformation;
extern const struct format format_compose;
extern const struct format format_cdk;
extern const struct format format_dockerfile;
extern const struct format format_shell;
extern const struct format format_systemd;
extern const struct format format_terraform;
extern const struct format format_userdata;
extern const struct format format_gunicorn;
extern const struct format format_uwsgi;

#endif
