/* A `docker run` or `docker create` (podman, nerdctl, finch alike) as its arguments, each with its place.
 *
 * Options by `docker run --help` of Docker 27, `podman run` 5 and nerdctl 2: all but the booleans take a value. */
#ifndef PATCH_DOCKER_COMMAND_H
#define PATCH_DOCKER_COMMAND_H

#include "dockerfile-patcher/script/commands.h"

struct docker_argument {
    const char *value; /* what is known of it: arrays and variables of the script are filled in */
    const char *shown; /* the same as a person knows the host's holes: "${var.image}" */
    const struct shell_word
        *word; /* where it stands; of a piece of a variable: the variable's word in the command */
    size_t layer;
    bool known;   /* no expansion is left in value */
    bool movable; /* something may be put in front of it: it is a word of the command, or of an array */
};

/* An option that the plan asks about, in the order in which they are given. */
struct docker_option {
    const char *name;  /* "-e", "--network"; short ones by their letter: "-p" */
    const char *value; /* NULL: a boolean */
    size_t first;      /* index of the argument that it begins in */
    size_t last;       /* of that which holds its value */
    size_t value_at;   /* where in that argument's value it begins */
};

struct docker_run {
    size_t command;                    /* index in commands->items */
    const char *engine;                /* "docker", "podman", … */
    struct docker_argument *arguments; /* behind `run` */
    size_t count;
    struct docker_option *options;
    size_t option_count;
    size_t image; /* index of the argument; SIZE_MAX: it is not certain which */
    bool unsure;  /* a variable may hold options or be the image */
    bool created; /* docker create */
};

enum docker_verb { DOCKER_NONE, DOCKER_RUN, DOCKER_START, DOCKER_BUILD, DOCKER_TAG, DOCKER_COMPOSE };

/* What a command asks docker for; *at is the index of the first word behind the verb, *engine the program. */
enum docker_verb docker_verb_of(const struct commands *commands, const struct command *command, size_t *at,
                                const char **engine);

/* Reads the command with that index; false where it is no run. All of it lies in the arena of commands. `image` (may be
 * NULL): the answer that tells which word is the image. */
bool docker_run_read(struct commands *commands, size_t index, const char *image, struct docker_run *run);

/* The last option of that name ("--network" finds --net, too), or NULL. */
const struct docker_option *docker_option(const struct docker_run *run, const char *name);

/* The value that the run gives to a variable, "" where it only names it; NULL. */
const char *docker_variable(const struct docker_run *run, const char *name);

/* Host and container side of a -p value; false where they cannot be told. They are the same text, and bound to every
 * address: *equal. *container is owned by the caller. */
bool docker_port(const char *value, bool *equal, char **container);

/* The values of `-t` of a `docker build`, its -f and its context; NULL where not given. In the arena. */
struct docker_build {
    const char *tags[4];
    size_t tag_count;
    const char *file;
    const char *context;
    const char *target;
};
void docker_build_read(struct commands *commands, const struct command *command, size_t at,
                       struct docker_build *build);

/* The value with the script's own variables filled in; *known: nothing is left of them. In the arena. */
const char *docker_resolved(struct commands *commands, const struct shell_word *word, bool *known);

#endif
