/* A value that the files do not tell. Never guessed: asked, with its candidates and the places that speak for each.
 *
 * Names are those of the guide, in capitals: SERVICE_NAME, PORT, APP_NAME, IMAGE_URI, APP_DIR, ENTRY_POINT,
 * DJANGO_SETTINGS_MODULE, and ours: STAGE, COMMAND, INSTALL, DEPENDENCIES, CONTEXT, NETWORK. Where one file has several
 * services that are asked for, the service's name is joined to it: SERVICE_NAME_WEB. */
#ifndef PATCH_QUESTION_H
#define PATCH_QUESTION_H

#include <stdbool.h>
#include <stddef.h>

#include "dockerfile-patcher/engine/source.h"

struct evidence {
    char *path; /* owned */
    struct place place;
    char *value; /* the candidate that it speaks for, or what stands there; owned */
};

struct question {
    char *name;
    char *
        path; /* the file that needs the answer; with it `--set PATH:NAME=VALUE` answers this one alone; owned */
    char *text; /* one line, as a question; owned */
    char **candidates;
    size_t candidate_count;
    struct evidence *evidence;
    size_t evidence_count;
};

struct questions {
    struct question *items;
    size_t count;
    size_t capacity;
};

/* An open question to be filled; what is returned is valid until the next one is added. */
struct question *questions_add(struct questions *questions, const char *name, const char *path,
                               const char *text);
void question_candidate(struct question *question, const char *value);
void question_evidence(struct question *question, const struct source *source, size_t offset,
                       const char *value);
void questions_free(struct questions *questions);

/* Answers: from --set, --answers, .appsig-patch.ini, a terminal. The most special wins: "path:NAME", then "NAME". */
struct answer {
    char *scope; /* a path or glob below the root, or NULL: every file; owned */
    char *name;
    char *value;
    char *origin; /* "--set", "answers.ini:3"; owned by the answers */
    bool used;
};

struct answers {
    struct answer *items;
    size_t count;
    size_t capacity;
};

/* "NAME=VALUE" or "PATH:NAME=VALUE"; false where it is neither. */
bool answers_add_set(struct answers *answers, const char *set);
void answers_add(struct answers *answers, const char *scope, const char *name, const char *value,
                 const char *origin);

/* The value for a question of `path`, or NULL; marks it used. */
const char *answers_find(struct answers *answers, const char *path, const char *name);
void answers_free(struct answers *answers);

#endif
