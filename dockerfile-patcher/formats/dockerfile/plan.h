/* The planner of a Dockerfile, in its rooms: what it has found out, and what each room does with it. */
#ifndef PATCH_DOCKERFILE_PLAN_H
#define PATCH_DOCKERFILE_PLAN_H

#include "dockerfile-patcher/app/launch.h"
#include "dockerfile-patcher/engine/unit.h"
#include "dockerfile-patcher/formats/dockerfile/base.h"
#include "dockerfile-patcher/formats/dockerfile/context.h"
#include "dockerfile-patcher/formats/dockerfile/install.h"
#include "dockerfile-patcher/formats/dockerfile/stage.h"
#include "dockerfile-patcher/text/shell.h"

#define ADOT_PACKAGE "aws-opentelemetry-distro"
#define SHIM_TARGET "/usr/local/bin/appsig-exec"

/* One of ENTRYPOINT and CMD as words; of a shell form, of the command in it that matters. */
struct part {
    size_t index; /* of the instruction; SIZE_MAX: there is none, or it is [] */
    struct instruction *instruction;
    const char **words; /* NULL-terminated */
    size_t count;
    bool shell;
    struct shell_script script; /* of a shell form */
    size_t command;             /* index in script.commands */
    bool broken;                /* the shell text cannot be read to its end */
};

struct planner {
    struct unit *unit;
    struct document *document;
    struct dockerfile *file;
    struct service *service;
    struct installs installs;
    const struct install *install; /* the one that ADOT goes behind, or NULL */
    struct base_image base;        /* of the outermost stage of the chain */
    int stage;                     /* that is shipped */
    struct start start;
    struct part entrypoint;
    struct part cmd;
    struct launch launch; /* of entrypoint and cmd together */
    char *context;        /* owned */
};

/* The format's plan. */
void dockerfile_plan(struct unit *unit, struct document *document);

/* Where in the start the launcher goes, and everything that follows from it. False where it was refused or asked. */
bool plan_start(struct planner *planner, bool dry);

/* Puts the launcher into the entrypoint script where that is a file of the context and it is certain where; false where
 * the start in the Dockerfile is to be wrapped instead. *already: it is instrumented, and that was said. */
bool plan_entry_script(struct planner *planner, bool *already);

/* True where that is the way the start goes; nothing is planned yet. */
bool plan_has_entry_script(struct planner *planner);
void plan_script_removal(struct planner *planner);

/* Fills stage (from its name, or the last), base, installs, install, entrypoint, cmd and launch; false where there is no
 * such stage. */
bool read_stage(struct planner *planner, const char *name);

/* The agent that the chain installs or sets up, or NULL; *offset tells where. */
const char *plan_agent(struct planner *planner, size_t *offset);

/* True where nothing says that the stage runs Python. */
bool plan_is_foreign(const struct planner *planner);

/* True where the image starts nothing that is the app, and what links to it says what is started. */
bool plan_started_elsewhere(const struct planner *planner);

/* Fills entrypoint, cmd and launch. */
void read_start(struct planner *planner);

/* The instruction in front of which new lines for the start go. */
size_t plan_anchor(const struct planner *planner);

/* The install line, its questions included. */
bool plan_install(struct planner *planner);

/* The binary or wheel of appsig-exec. */
void plan_shim(struct planner *planner);

/* Style guide: the config that gives the workers of gunicorn and uWSGI their hook, led to by the start; `entry`: the server
 * is started by that script. With --remove the config loses it. */
struct entry;
void plan_hook(struct planner *planner, const struct entry *entry);

/* Takes out what the above put in. */
void plan_removal(struct planner *planner);

/* A question where what the app pins would be changed by ADOT; true where there is none or it is accepted. */
bool plan_pins(struct planner *planner);

/* Inserts lines in front of an instruction, behind its comment's marker, with its indent. */
void insert_in_front(struct planner *planner, size_t index, const char *lines, const char *why);

#endif
