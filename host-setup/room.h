/* The one room through which other programs are run, and where paths get the tree's root in front of them.
 *
 * With a root, a program runs in that tree (chroot), so that a package manager changes the tree and never the host.
 * Every command, its exit and what it said are added to the log, where one is open. */
#ifndef SETUP_ROOM_H
#define SETUP_ROOM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/error.h"
#include "common/text.h"

struct room {
    const char *root; /* "" = this host */
    char *log_path;   /* NULL = no log; owned */
    /* Called about once a second while a program runs, or NULL. */
    void (*tick)(void *context, long seconds);
    void *context;
};

/* What became of a program. */
struct outcome {
    int code;                /* its exit code, 128 + a signal's number, 127 where it is not to be had */
    struct text output;      /* standard output and error as they came, the first megabyte */
    struct text only_output; /* standard output alone */
};

void outcome_free(struct outcome *outcome);
#define cleanup_outcome __attribute__((cleanup(outcome_free)))

struct identity_of {
    uid_t user;
    gid_t group;
    const char *home; /* inside the root */
};

/* root + path; owned by the caller. */
char *room_path(const struct room *room, const char *path);

/* True where the program (a name, looked for in the usual places and PATH, or an absolute path) is there. */
bool room_has(const struct room *room, const char *program);

/* Runs it to its end, as `identity` (NULL = as this process). A program that cannot be started has the code 127. A
 * signal that asks this process to end (room_interrupted) is passed on to the program. */
void room_run(const struct room *room, char *const *argv, const struct identity_of *identity,
              struct outcome *outcome);

/* The same for words that are written out; NULL last. */
void room_run_words(const struct room *room, struct outcome *outcome, ...) __attribute__((sentinel));

/* The words as a shell would take them: quoted where needed. Owned by the caller. */
char *room_show(char *const *argv);

/* From now on SIGINT, SIGTERM and SIGHUP no longer end this process: they are noted. */
void room_catch_interrupts(void);
bool room_interrupted(void);
void room_forget_interrupt(void);

void room_free(struct room *room);

#endif
