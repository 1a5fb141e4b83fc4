/* Everything the plan may know, gathered once and never changed. */
#ifndef SHIM_FACTS_H
#define SHIM_FACTS_H

#include <stdbool.h>

#include "shim/agents.h"
#include "shim/command.h"
#include "shim/forks.h"
#include "shim/hookfiles.h"
#include "shim/identity.h"
#include "shim/place.h"
#include "shim/python.h"
#include "shim/settings.h"

struct facts {
    const struct settings *settings;
    char *const *environment;
    char *const
        *argv; /* the command as given, without a leading opentelemetry-instrument that has no options */
    char *const *given_argv; /* the command as given */
    char *own_path;          /* where this program's file lies; "" where that cannot be known */
    char *cwd;               /* "" where it cannot be known */
    bool started;  /* our sitecustomize started this: the agent was asked, and all is told, already */
    bool disabled; /* a kill switch is set */
    const char *disabled_by; /* its name */
    char *given_executable;  /* where given_argv[0] was found; NULL = not found */
    struct command command;
    struct place place;
    struct python python;
    struct agents agents;
    struct identity identity;
    struct fork_facts fork;
    struct hook_place hooks;
};

/* Gathers what the plan needs for this command and no more: a disabled shim looks at nothing. `argv` is the command,
 * at least one word; `root` is "" or a tree that stands for /proc and /sys in tests. */
void facts_gather(const struct settings *settings, char *const *argv, char *const *environment,
                  const char *root, struct facts *facts);
void facts_free(struct facts *facts);

#endif
