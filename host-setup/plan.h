/* The steps that make the host ready, from the facts alone: nothing is read, run or written here. */
#ifndef SETUP_PLAN_H
#define SETUP_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "host-setup/look.h"
#include "host-setup/messages.h"
#include "host-setup/settings.h"

enum step_kind {
    STEP_THERE,      /* its check says that it is done already */
    STEP_RUN,        /* a command; `undo` takes it back, where it has one */
    STEP_UNDO_ONLY,  /* nothing now; `undo` is run once what follows was taken back */
    STEP_WRITE,      /* a file */
    STEP_FETCH,      /* a file of this host or a URL, its digest or signature checked, to `path` */
    STEP_TREE,       /* all below `path` is kept for the undo, as a command that follows changes it */
    STEP_PIP_CHECK,  /* pip's dry run: a package that would change ends everything */
    STEP_PIP_INSTALL /* `undo` is what the dry run found to be new */
};

struct setup_step {
    enum step_kind kind;
    const char *id; /* stable: "agent-install" */
    char *what;     /* for a person */
    struct strings command;
    struct strings undo;
    const char *undo_if; /* inside the root: `undo` is run only where this is there; NULL = always */
    bool as_owner;       /* of the virtual environment */
    char *path;          /* inside the root */
    char *bytes;         /* of STEP_WRITE */
    size_t length;
    bool binary; /* no diff is shown */
    unsigned mode;
    char *source; /* of STEP_FETCH: a path or a URL */
    char *digest; /* SHA-256, or NULL: the signature beside the URL */
};

struct setup_plan {
    struct setup_step *steps;
    size_t count;
    struct strings notes;
    struct identity_of owner;
};

/* False and *error where the host is refused. */
bool plan_host(const struct setup_settings *settings, const struct look *look, struct setup_plan *plan,
               struct error **error);
void plan_host_free(struct setup_plan *plan);

/* True where a step is left to do. */
bool plan_host_has_work(const struct setup_plan *plan);

/* For the two halves of the plan. The result is valid until the next step is added. */
struct setup_step *plan_step(struct setup_plan *plan, enum step_kind kind, const char *id, char *what);
void plan_words(struct strings *list, const char *words, const char *last);
bool plan_agent(const struct setup_settings *settings, const struct look *look, struct setup_plan *plan,
                struct error **error);
bool plan_app(const struct setup_settings *settings, const struct look *look, struct setup_plan *plan,
              struct error **error);
/* The dry run, before anything is touched. */
void plan_app_check(const struct setup_settings *settings, const struct look *look, struct setup_plan *plan);

#endif
