/* What the person asked for: one verb, and the options of the table. */
#ifndef SETUP_SETTINGS_H
#define SETUP_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/options.h"
#include "common/text.h"

/* Exit codes of this program. */
enum {
    SETUP_DONE = 0,
    SETUP_FOUND = 1,   /* verify found something */
    SETUP_MISSING = 2, /* a value is missing */
    SETUP_FAILED = 3,  /* a step failed, or the host is refused */
    SETUP_USAGE = 64
};

enum setup_verb {
    VERB_MENU,
    VERB_BACKEND,
    VERB_FRONTEND,
    VERB_DATABASE,
    VERB_AGENT,
    VERB_VERIFY,
    VERB_STATUS,
    VERB_UNDO
};

enum setup_option {
    SETUP_SERVICE_NAME,
    SETUP_ENVIRONMENT,
    SETUP_LOG_GROUP,
    SETUP_UNIT,
    SETUP_VENV,
    SETUP_COMMAND,
    SETUP_APP_DIRECTORY,
    SETUP_USER,
    SETUP_ADOT,
    SETUP_SHIM,
    SETUP_SHIM_SHA256,
    SETUP_AGENT_PACKAGE,
    SETUP_AGENT_SHA256,
    SETUP_AGENT_MODE,
    SETUP_NO_RESTART,
    SETUP_URL,
    SETUP_BACKEND,
    SETUP_PLAN,
    SETUP_JSON,
    SETUP_ROOT,
    SETUP_LANGUAGE,
    SETUP_HELP,
    SETUP_VERSION,
    SETUP_OPTION_COUNT
};

struct setup_verb_row {
    const char *name;
    enum setup_verb verb;
    const char *help;
};

extern const struct setup_verb_row setup_verbs[];
extern const size_t setup_verb_count;
extern const struct option_row setup_options[SETUP_OPTION_COUNT];

struct setup_settings {
    enum setup_verb verb;
    const char *values[SETUP_OPTION_COUNT]; /* NULL where not given; they point into argv or the rows */
    const char *root;                       /* "" or the tree's path without a slash at its end */
    char *real_root;                        /* what root points into; owned */
    struct strings answers;                 /* of the menu: what values points into */
};

/* False and *error with SETUP_USAGE. Options may stand on both sides of the verb. */
bool setup_settings_parse(struct setup_settings *settings, int argc, char *const *argv, struct error **error);

void setup_settings_free(struct setup_settings *settings);

/* Prints the usage; the exit code. */
int setup_usage(void);

#endif
