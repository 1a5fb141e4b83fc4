/* The rooms of docker_run.c. */
#ifndef PATCH_DOCKER_PLAN_H
#define PATCH_DOCKER_PLAN_H

#include "dockerfile-patcher/formats/dockerfile/linked.h"
#include "dockerfile-patcher/script/docker_command.h"
#include "dockerfile-patcher/script/docker_images.h"
#include "dockerfile-patcher/script/docker_run.h"

enum evidence_of_python { PYTHON_UNKNOWN, PYTHON_YES, PYTHON_NO };

/* A run and what was found out about it. */
struct docker_subject {
    struct docker_run run;
    const char *image;          /* as far as it is known; in the arena */
    const char *name;           /* of --name; NULL */
    char *dockerfile;           /* path; owned; NULL */
    const char *target;         /* --target of its build; NULL */
    char *context;              /* directory of the build; owned; NULL */
    struct document *document;  /* of the Dockerfile; NULL: not in the unit */
    struct linked_image linked; /* where the Dockerfile was understood */
    bool is_linked;
    enum evidence_of_python python;
    bool aside; /* no service: it was said */
};

struct docker_planner {
    struct unit *unit;
    struct script *script;
    struct document *document;
    const struct docker_run_facts *facts;
    struct commands commands;
    struct docker_subject *subjects;
    size_t count;
    const char *agent; /* host of the agent as seen from the container; NULL: localhost */
    bool told;         /* facts->before was called */
};

/* Source offset of the run's first word. */
size_t docker_subject_offset(const struct docker_planner *planner, const struct docker_subject *subject);

/* Fills document, linked and python. */
void docker_link(struct docker_planner *planner, struct docker_subject *subject);
void docker_find_dockerfile(struct unit *unit, struct commands *commands, const char *script_path,
                            struct docker_subject *subject);

/* The network's part: false where a question is open or the answer cannot be followed. *add: `--network host` is to be
 * added; *gateway: the bridge stays, and the host's name is to be added to it. */
bool docker_network(struct docker_planner *planner, struct docker_subject *subject, bool *add, bool *gateway);

/* Style guide: do the server's workers have their hook in the image, now or by this run? Without it DEFER loses all
 * data. Plans the Dockerfile. */
bool docker_has_hook(struct docker_planner *planner, const struct docker_subject *subject);

/* The edits for new options (as words, quoted); false where there is no certain place: refused. */
bool docker_write(struct docker_planner *planner, struct docker_subject *subject,
                  const struct strings *options);

/* The value of an option becomes another word, and a marker keeps the old one: `name` is what it calls the option. */
bool docker_replace_value(struct docker_planner *planner, struct docker_subject *subject,
                          const struct docker_option *option, const char *name, const char *value,
                          const char *why);

/* The launcher in front of what is started past the image's own; false where there is no certain place for it. */
bool docker_wrap(struct docker_planner *planner, struct docker_subject *subject);

/* --remove of the same: the launcher that was put behind the image, or the program that moved there from --entrypoint. */
bool docker_unwrap(struct docker_planner *planner, const struct docker_run *run, bool behind_image);

#define DOCKER_WRAP_MARKER "the launcher behind the image is new"

void docker_mark(struct docker_planner *planner, const struct docker_subject *subject, const char *text);

/* --remove for one run; true where there was something. */
bool docker_remove(struct docker_planner *planner, struct docker_subject *subject);

/* Is it one that is written here, by its name and value? */
bool docker_is_own(const struct docker_option *option);

/* Our options among those of a run, without a marker: *from to *to - 1; false where there are none. */
bool docker_own_options(const struct docker_option *options, size_t count, size_t *from, size_t *to);

#define DOCKER_GATEWAY "host.docker.internal"
#define DOCKER_GATEWAY_OPTION "--add-host host.docker.internal:host-gateway"

#endif
