/* A unit is what is planned together: the files that are linked to each other. In it, the services.
 *
 * Order of work (run.h): every document of the unit is scanned; then each is planned, in the order of the format rows,
 * so that what links (compose, unit files, scripts) has said what it knows before what is linked (Dockerfile, server
 * configs) is planned. A planner only adds edits, new files, questions and findings; it writes nothing. */
#ifndef PATCH_UNIT_H
#define PATCH_UNIT_H

#include <stdbool.h>
#include <stddef.h>

#include "dockerfile-patcher/engine/edit.h"
#include "dockerfile-patcher/engine/finding.h"
#include "dockerfile-patcher/engine/format.h"
#include "dockerfile-patcher/engine/question.h"
#include "dockerfile-patcher/engine/source.h"
#include "dockerfile-patcher/settings.h"

/* Edits, new files and open questions belong to one. Two that turn out to be one are joined, and then an
 * open question of either holds up both. */
struct service {
    struct service *joined; /* NULL, or the one that it became: follow with service_of */
    char *name;             /* how it is called to the person: compose service, file path; owned */
    size_t open;            /* its open questions */
    bool refused;           /* a file of it was not understood: nothing of it is written */
};

/* A file that is not there yet (gunicorn.conf.py, the binary in the build context). */
struct new_file {
    char *path; /* as in source.path; owned */
    char *bytes;
    size_t length;
    unsigned mode;
    bool binary;   /* its bytes are borrowed */
    bool replaces; /* it is there with other bytes (an older binary of ours) */
    const char *why;
    struct service *service;
};

struct document {
    struct source source;
    const char *shown; /* source.path relative to the root: what the diff names */
    const struct format *format;
    void *model;             /* the format's own, made by scan, freed by its release */
    struct service *service; /* set by whoever plans or links first; NULL before */
    struct edits edits;
    bool planned;

    /* What a linking document knows of it (all owned; NULL where it does not say): compose `target:`, `context:` … */
    char *stage;
    char *context;
    bool
        started_by_links; /* all that link to it say themselves what is started, and put the launcher there */
    struct document *linked_from;
    size_t linked_at;
};

enum { UNIT_KNOWN_PATHS = 256 };

enum path_kind { PATH_MISSING, PATH_FILE, PATH_DIRECTORY, PATH_OTHER };

/* What was asked about a path before; a unit is planned faster than anybody changes what lies around. */
struct known_path {
    char *path;
    unsigned char kind;
};

struct unit {
    struct settings *settings;
    const char *root; /* the directory given; files are looked up below it */
    struct document **documents;
    size_t document_count;
    struct service **services;
    size_t service_count;
    struct new_file *files;
    size_t file_count;
    struct source **looks; /* unit_look */
    size_t look_count;
    struct known_path known[UNIT_KNOWN_PATHS];
    struct questions questions; /* the open ones */
    struct findings findings;
};

/* A document of bytes that are there; takes them over. Scanned by `format`, which may be NULL. */
struct document *unit_add_source(struct unit *unit, struct source *source, const struct format *format,
                                 struct links *links);

/* The document of `path` (as in source.path) in this unit: loaded and scanned by `format`, or by the row that
 * recognises it where format is NULL, if it is not yet there. NULL where there is no such file or it could not be
 * read: then a finding is added where the file exists. */
struct document *unit_document(struct unit *unit, const char *path, const struct format *format);

/* The same where it is there already, else NULL. */
struct document *unit_find(const struct unit *unit, const char *path);

struct service *unit_service(struct unit *unit, const char *name);
struct service *service_of(struct service *service);
void service_join(struct service *one, struct service *other);

/* The answer, or NULL; then an open question was added, and *question (may be NULL) is it, to get its candidates. A
 * question of the same name and path is asked once, and holds up every service that asks it. */
const char *unit_ask(struct unit *unit, struct service *service, const char *name,
                     const struct document *document, const char *text, struct question **question);

/* An answer that is there already, without asking. */
const char *unit_answer(struct unit *unit, const struct document *document, const char *name);

/* The file does not go on: a finding at offset (SIZE_MAX: the whole file), and its service is held up. */
void unit_refuse(struct unit *unit, struct document *document, enum finding_id id, size_t offset,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));

/* A note or warning. */
void unit_note(struct unit *unit, struct document *document, enum finding_id id, size_t offset,
               const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Takes bytes over, unless `binary`: those are borrowed from settings->shims. A file that is there with the same bytes is no change. */
void unit_create(struct unit *unit, struct service *service, const char *path, char *bytes, size_t length,
                 unsigned mode, bool binary, const char *why);

/* The path as the diff names it: relative to the root. */
const char *unit_shown(const struct unit *unit, const char *path);

/* True where the path is a file below the root or beside it. */
bool unit_has_file(struct unit *unit, const char *path);

/* True where the path leads to a directory. */
bool unit_has_directory(struct unit *unit, const char *path);

/* True where anything has that name. */
bool unit_has_path(struct unit *unit, const char *path);

/* A file that is only looked at (requirements.txt, .dockerignore): NULL where it is not there or not readable. The
 * unit keeps it; it is no document and is not edited. */
const struct source *unit_look(struct unit *unit, const char *path);

/* True for an edit of a service that may be written: no open question, nothing refused. */
bool edit_is_free(const struct edit *edit);
bool service_is_free(const struct service *service);

void unit_free(struct unit *unit);

#endif
