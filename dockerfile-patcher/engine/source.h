/* The bytes of one file as they are on disk, and where in them something stands.
 *
 * Nothing is ever decoded or normalised: a source keeps its BOM, its line endings and its missing final newline, and
 * everything that the patcher changes is an edit (edit.h) on these bytes. Lines and columns count from 1; a column
 * counts bytes, as compilers do. */
#ifndef PATCH_SOURCE_H
#define PATCH_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#include "common/error.h"

enum { SOURCE_MOST_BYTES = 1024 * 1024 };

/* Half open: bytes[begin] to bytes[end - 1]. */
struct span {
    size_t begin;
    size_t end;
};

/* What tells that a file is still the one that was read (write.h asks it again before it renames). */
struct stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed;
};

struct source {
    char
        *path; /* as the person named it: root joined with the path below it, "-" for standard input; owned */
    char *bytes; /* bytes[length] is NUL; owned */
    size_t length;
    bool pooled;  /* bytes go back to the pool of source.c */
    size_t begin; /* 3 behind a UTF-8 BOM, else 0: where a scanner starts */
    bool crlf;    /* the first line ends in \r\n: inserted lines do too */
    mode_t mode;
    uid_t owner;
    gid_t group;
    struct stamp stamp;
};

struct place {
    size_t line;
    size_t column;
};

/* Why a file is not read: each has its own message and its row in refusal_rows (finding.h). */
enum source_state {
    SOURCE_READ,
    SOURCE_UNREADABLE,
    SOURCE_NOT_A_FILE,
    SOURCE_TOO_LARGE,
    SOURCE_BINARY,
    SOURCE_NOT_UTF8,
};

/* Reads at most SOURCE_MOST_BYTES. Symbolic links are followed. Anything but SOURCE_READ leaves only path set, and
 * *detail (owned by the caller, may be NULL) tells the system's reason. */
enum source_state source_read(struct source *source, const char *path, char **detail);

/* The same for bytes that are there already (standard input, tests); takes both over. */
enum source_state source_take(struct source *source, char *path, char *bytes, size_t length);

void source_free(struct source *source);

void source_place(const struct source *source, size_t offset, struct place *place);

/* "\r\n" or "\n": what a new line of this file ends in. */
const char *source_newline(const struct source *source);

/* The begin of the line that holds offset, and the end of it: behind its newline, or the end of the bytes. */
size_t source_line_begin(const struct source *source, size_t offset);
size_t source_line_end(const struct source *source, size_t offset);

/* The blanks that the line of offset starts with. */
void source_indent(const struct source *source, size_t offset, struct span *indent);

#endif
