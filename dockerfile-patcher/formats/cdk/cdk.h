/* A CDK app's source: the constructs in it that make EC2 machines, and what is known of them.
 *
 * Names are those of the CDK API reference (aws-cdk-lib v2; v1's packages read the same). Python's snake_case names are
 * the same names: calls_same_name. */
#ifndef PATCH_CDK_H
#define PATCH_CDK_H

#include <stdbool.h>
#include <stddef.h>

#include "dockerfile-patcher/engine/unit.h"
#include "dockerfile-patcher/script/machine.h"
#include "dockerfile-patcher/script/script.h"
#include "dockerfile-patcher/text/calls.h"
#include "dockerfile-patcher/text/literal.h"

/* document->model */
struct cdk_file {
    struct arena arena;
    struct code code;
    struct calls calls;
    const struct source *source;
    bool ignored; /* `appsig-ignore` in a comment above the first statement */
};

struct cdk_construct_row {
    const char *name;     /* the class */
    const char *library;  /* its module holds this: "ec2" */
    bool optional_role;   /* without a role it has none: `role` may be undefined */
    bool plain;           /* L1: iamInstanceProfile instead of role */
    const char *replaced; /* what deploying a changed user data does to what runs */
};

struct cdk_machine {
    const struct cdk_construct_row *row;
    const struct code_call *call;
    const char *id;   /* construct id as written, or the class; the arena's */
    const char *kept; /* "this.instance": what it is assigned to; NULL */
    struct service *service;
    bool beside_others; /* another machine of the file is planned, too */
    bool changed;       /* boot_plan says that it needs its role */
};

/* Machines in the order of the file. */
struct cdk_machines {
    struct cdk_machine *items;
    size_t count;
};
void cdk_find_machines(struct cdk_file *file, struct cdk_machines *machines);

/* `appsig-ignore` in a comment right above the statement of the token. */
bool cdk_is_ignored(const struct cdk_file *file, size_t token);

/* The value itself where it is a name: what the name stands for, over several steps. */
void cdk_resolve(const struct cdk_file *file, struct code_range *value);

/* The constant text of a literal without holes or of a name that stands for one; NULL. In the arena. */
const char *cdk_constant(struct cdk_file *file, struct code_range value);

size_t cdk_begin(const struct cdk_file *file, struct code_range range);
size_t cdk_end(const struct cdk_file *file, struct code_range range);

/* The blanks that the line of the offset begins with, and one step of indent as the file has it; in the arena. */
const char *cdk_indent(struct cdk_file *file, size_t offset);
const char *cdk_step(struct cdk_file *file);

/* How many blocks with a condition, loop or function are open around the token. */
unsigned cdk_level(const struct cdk_file *file, size_t token);

/* One element of a list of commands: an argument of addCommands, an item of a list, or a text that stands alone. */
struct cdk_piece {
    struct code_range range;
    size_t open;        /* token of the bracket of the list it is an item of; SIZE_MAX: it stands alone */
    unsigned level;     /* cdk_level: what only a condition adds has more than what is always there */
    const char *margin; /* what dedent takes off each line; "" */
    bool alone; /* Python's list.append(…): each takes one, so a neighbour is a statement of its own */
};

enum cdk_break { CDK_BREAK_PIECE, CDK_BREAK_NEWLINE, CDK_BREAK_ESCAPE };

struct cdk_line {
    size_t piece;
    size_t token; /* the literal that it ends in; SIZE_MAX: the line is an expression */
    enum literal_fill fill;
    size_t begin;
    size_t end;
    enum cdk_break broken_by;
    struct span newline; /* of CDK_BREAK_NEWLINE and CDK_BREAK_ESCAPE */
};

enum cdk_hole { CDK_HOLE_OWN, CDK_HOLE_EXPRESSION, CDK_HOLE_FILLED };

/* host_data of the script; parallel to its lines and holes. */
struct cdk_view {
    struct unit *unit;
    struct cdk_file *file;
    struct cdk_piece *pieces;
    size_t piece_count;
    struct cdk_line *lines;
    enum cdk_hole *hole_kinds;
    unsigned level;     /* of what is always run */
    const char *reason; /* why no view could be made, or a change could not be written; NULL */
    size_t reason_at;
    const char *path; /* the script is this file; NULL */
};

/* The commands of a machine's user data in the order in which they run. False where there are none to be seen here: view->reason
 * says why, or is NULL where there simply are none. True with view->path set: follow that file instead. */
bool cdk_view(struct cdk_view *view, const struct cdk_machine *machine, struct document *document,
              struct script *script);

/* The last word on what was written: false and reason where an edit would cut through several literals. */
bool cdk_view_is_sound(struct cdk_view *view, const struct script *script, size_t edits_before);
void cdk_view_free(struct cdk_view *view, struct script *script);

/* Adds the commands of an expression (collect.c). */
void cdk_collect(struct cdk_view *view, struct script *script, struct code_range range, size_t open);

/* The file that an expression reads, or NULL: readFileSync(path.join(__dirname, 'x.sh')), open("x.sh").read(). */
const char *cdk_read_file(struct cdk_view *view, struct code_range range);

extern const struct script_host cdk_host;

/* Evidence for the dialect; the arrays are the machine's own. */
void cdk_describe(struct cdk_file *file, struct document *document, const struct cdk_machine *machine,
                  struct machine *described);

/* CloudWatchAgentServerPolicy on the role of the machine. */
void cdk_plan_role(struct unit *unit, struct document *document, const struct cdk_machine *machine);

/* How many uses of what cdk_managed_policy names were taken out. */
size_t cdk_remove_role(struct unit *unit, struct document *document, const struct cdk_machine *machine);

/* How this file calls ManagedPolicy ("iam.ManagedPolicy"), or would where it is not imported; NULL where the file's imports
 * give no pattern for one. In the arena. */
const char *cdk_managed_policy(struct document *document);

/* The edit that imports it, where it is not imported: for whoever has used the name. */
void cdk_import_policy(struct document *document, struct service *service);

void cdk_plan(struct unit *unit, struct document *document);

#endif
