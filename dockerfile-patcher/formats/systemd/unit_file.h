/* A systemd service unit or a drop-in of one (files below `NAME.service.d`), and how it is changed.
 *
 * ExecStart= gets the launcher in front of what starts Python: in the unit itself, inside the text of `sh -c`, or in the
 * script of the repository that it starts. With --drop-in the unit stays as it is and 10-appsig.conf says its ExecStart=
 * again. Marker comments let --remove tell our lines from those that were there. */
#ifndef PATCH_SYSTEMD_UNIT_FILE_H
#define PATCH_SYSTEMD_UNIT_FILE_H

#include "dockerfile-patcher/app/deployed.h"
#include "dockerfile-patcher/engine/unit.h"
#include "dockerfile-patcher/formats/systemd/exec.h"
#include "dockerfile-patcher/script/entry.h"

#define SYSTEMD_SHIM "/usr/local/bin/appsig-exec"
#define SYSTEMD_DROP_IN "10-appsig.conf"
#define SYSTEMD_AGENT "amazon-cloudwatch-agent.service"

struct unit_file {
    struct sections sections;
    struct exec_commands commands; /* of ExecStart= */
};

/* Where the launcher goes for one command. */
struct start_place {
    const struct exec_command *command;
    struct document *document; /* the unit, or the script that it starts */
    struct launch launch;      /* of `words` */
    const char **words;        /* the command that the launcher is put in front of */
    size_t count;
    size_t at;          /* offset in document */
    bool program;       /* at is the program's word: systemd wants an absolute path there */
    struct entry entry; /* where it lies in shell text */
    const char *option; /* "-c", "--ini": the words behind the server that are new lead to its config; NULL */
};

struct unit_planner {
    struct unit *unit;
    struct document *document;
    struct unit_file *file;
    struct service *service;
    struct deployed deployed;
    char *near; /* owned */
    struct start_place *places;
    size_t place_count;
    const char *agent; /* what instruments it already */
    size_t agent_at;
    bool foreign;             /* something is started that is known to be no Python */
    bool job;                 /* oneshot: only servers count */
    struct edits changes;     /* of the unit's own ExecStart= lines */
    const char *service_name; /* style guide */
    bool deferred;            /* style guide: the hook is certain */
    bool held;                /* a question is open, or something was refused */
};

/* Fills places, agent, foreign. False where something was refused. */
bool unit_find_starts(struct unit_planner *planner);

/* The value of the last KEY= of [Service], or NULL. */
const char *unit_setting(const struct unit_file *file, const char *key);

/* True where Environment= sets the variable; *value (may be NULL) is it, in the arena. */
bool unit_environment(struct unit_file *file, const char *name, const char **value);

/* The launcher's words, with a blank at their end, as they stand in front of the place; owned by the caller. */
char *unit_launcher(const struct unit_planner *planner, const struct start_place *place);

/* The lines of Environment= in style guide, each with its newline, without those that are set; in front of a line with
 * that indent. Owned by the caller; "" in style shim. */
char *unit_environment_lines(struct unit_planner *planner, const char *sign);

/* Style guide: the hook of the servers that need one; sets deferred and held. And takes it out again. */
void unit_hook(struct unit_planner *planner);
void unit_unhook(struct unit_planner *planner);

void unit_write_in_place(struct unit_planner *planner);
void unit_write_drop_in(struct unit_planner *planner);
void unit_remove(struct unit_planner *planner);

void systemd_plan(struct unit *unit, struct document *document);

#endif
