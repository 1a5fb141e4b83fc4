/* The journal: what was changed, in order, and how each is taken back. It lies below the root in STATE_DIRECTORY, is
 * written (whole, synced, renamed) before each change, and is gone once all is taken back. Of a run that was killed it
 * has entries behind the last finished run's. */
#ifndef SETUP_STATE_H
#define SETUP_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/text.h"
#include "host-setup/room.h"

#define STATE_DIRECTORY "/var/lib/appsig"
#define STATE_JOURNAL STATE_DIRECTORY "/journal.json"

enum entry_kind {
    ENTRY_FILE,      /* `path` was written: put `saved` back, or remove it where there was none */
    ENTRY_DIRECTORY, /* `path` was made: remove it where it is empty */
    ENTRY_TREE, /* all below `path` may change: put the copy at `saved` back, or remove it where there was none */
    ENTRY_EMPTIED, /* directories below `path` that are not in the list at `saved` go, where they are empty */
    ENTRY_COMMAND  /* run `command` */
};

struct state_entry {
    enum entry_kind kind;
    char *what;  /* for a person */
    char *path;  /* inside the root; of a command: it is run only where that is there; NULL = always */
    char *saved; /* inside the root; NULL = there was nothing */
    struct strings command;
    struct identity_of identity; /* whom the command runs as; home NULL = this process's own */
    char *home;
};

struct state {
    struct room *room;
    struct state_entry *entries;
    size_t count;
    size_t finished;     /* how many of them belong to runs that came to their end */
    struct strings made; /* directories above STATE_DIRECTORY that were made for it */
    int lock;            /* descriptor, or -1 */
    int next_copy;       /* number of the next saved copy */
};

/* Reads the journal where there is one; nothing is written. A journal that cannot be understood is an error
 * (SETUP_FAILED). */
bool state_read(struct room *room, struct state *state, struct error **error);

/* Whether the directory is there, as also a run leaves it that was killed before its first change. */
bool state_is_there(const struct state *state);

/* Makes the directory, takes the lock (another run of this program: an error), reads the journal again and opens
 * the log of commands. */
bool state_open(struct state *state, struct error **error);

/* Adds an entry, whose strings it takes, and writes the journal. */
bool state_add(struct state *state, struct state_entry entry, struct error **error);

/* The run has come to its end: all entries are of finished runs. */
bool state_finish(struct state *state, struct error **error);

/* Where the next saved copy goes, inside the root; owned by the caller. */
char *state_copy_path(struct state *state);

/* Takes back the entries from the last to `first`, telling each; what cannot be taken back stays in the journal.
 * Returns how many stayed. A signal that asks this process to end leaves what is not yet taken back, with the
 * command that it cut off. */
size_t state_take_back(struct state *state, size_t first,
                       void (*told)(void *context, const char *what, const char *failure), void *context);

/* Where it is open and no entry is left, its directory goes. */
void state_free(struct state *state);

#endif
