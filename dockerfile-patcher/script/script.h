/* A script as every host holds it: a list of lines.
 *
 * A .sh file, a heredoc in a Dockerfile or in Terraform, a `!Sub |` block, an `Fn::Join` array and `addCommands('…')`
 * give the shell dialect the same view. The dialect reads `text` (what the shell will see, host escapes undone) and
 * asks for changes by line number; the host turns them into edits on its own bytes: indent, quotes, `$${`, `${!X}`,
 * commas, newlines. */
#ifndef PATCH_SCRIPT_H
#define PATCH_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"
#include "dockerfile-patcher/engine/edit.h"

struct document;
struct question;
struct script;
struct unit;

/* A hole is what the host fills in when it is deployed: Terraform's `${var.name}`, a `!Ref` between two texts of a
 * Fn::Join, `${config.port}` in a template literal. In a line's text it stands as SCRIPT_HOLE_BEGIN, its index among the
 * script's holes in digits, SCRIPT_HOLE_END. The shell dialect carries it like any character of a word (a word with one
 * is not plain); the host's encode writes its bytes again as they stood. */
enum { SCRIPT_HOLE_BEGIN = '\x01', SCRIPT_HOLE_END = '\x02' };

struct script_hole {
    const char *bytes; /* as the host wrote it; owned by the script */
    const char *shown; /* what a person is shown for it: "${var.name}"; owned by the script */
    struct span span;
};

struct script_line {
    const char
        *text; /* without indent of the host and without newline; not NUL-terminated; owned by the script */
    size_t length;
    struct span span; /* where its text stands in the source */
    const size_t
        *map; /* source offset of each of length + 1 text offsets, or NULL: span.begin + offset; owned */
    const char
        *indent; /* the shell's own indent stands in text; this is the host's, for a new neighbour; owned */
    bool alone;  /* the host holds no line beside it: what is to follow it goes into it */
    bool elsewhere; /* it is run with the script and is none of its bytes: script_size leaves it out */
};

/* How a host holds lines. Both get text without a newline at its end; inner newlines part lines. */
struct script_host {
    const char *name; /* "file", "terraform heredoc", … */

    /* Adds `text` (length bytes) to `out` as the host writes it inside a line (escapes only). */
    void (*encode)(const struct script *script, const char *text, size_t length, struct text *out);

    /* Makes the edits that put new lines behind line `after` (0: in front of the first). */
    void (*insert)(struct script *script, size_t after, const char *lines, const char *why);

    /* Makes the edits that take the lines first..last out, with all that the host has around each of them. */
    void (*remove)(struct script *script, size_t first, size_t last, const char *why);
};

struct script {
    struct document *document;
    struct service *service;
    const struct script_host *host;
    void *host_data; /* the host's own, e.g. its quote character */
    struct script_line *lines;
    size_t count;
    struct script_hole *holes;
    size_t hole_count;
    const char *label; /* which of several scripts of its file it is: for questions; NULL: the only one */
    size_t replacing;  /* while encode is asked for a part of a line: its number */
    ptrdiff_t growth;  /* bytes of script that the changes asked for so far add, or take away */
};

/* Lines count from 1. */
const struct script_line *script_line(const struct script *script, size_t number);

/* A new line (or several, parted by newlines) behind line n; 0: at the very beginning. */
void script_insert_after(struct script *script, size_t line, const char *lines, const char *why);

/* Replaces the bytes from..to of a line's text; all of it: 0, length. The bytes around stay as the host wrote them. */
void script_replace(struct script *script, size_t line, size_t from, size_t to, const char *text,
                    const char *why);

/* Takes whole lines out: for --remove. */
void script_remove_lines(struct script *script, size_t first, size_t last, const char *why);

/* Bytes of the script that the lines hold, newlines included, and the changes that were asked for. A hole counts for
 * nothing, as only the host's program knows what it becomes. */
size_t script_size(const struct script *script);

/* Evidence and findings: the source offset of a text offset of a line. */
size_t script_offset(const struct script *script, size_t line, size_t offset);

/* `text` with every hole as a person knows it (questions, messages); owned by the caller. */
char *script_shown(const struct script *script, const char *text, size_t length);

/* unit_ask and unit_answer for the script's file; where that has several scripts, each has a question of its own,
 * NAME_LABEL, and an answer to NAME is one for all of them. */
const char *script_ask(struct unit *unit, const struct script *script, const char *name, const char *text,
                       struct question **question);
const char *script_answer(struct unit *unit, const struct script *script, const char *name);

/* The hole that text[0] begins, and *length, the bytes it takes there; NULL where none begins. For encode. */
const struct script_hole *script_hole_at(const struct script *script, const char *text, size_t *length);

/* The view of a part of a file whose lines are plain: a .sh file, or the body of a Dockerfile heredoc. `tabs`: leading
 * tabs are the host's (<<-EOF). Free it with script_free. */
void script_of_lines(struct script *script, struct document *document, struct service *service,
                     struct span span, bool tabs);
void script_free(struct script *script);

#endif
