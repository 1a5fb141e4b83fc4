/* Everything that the patcher has to say about a place, other than a question: refusals, notes, warnings.
 *
 * Each has an id that scripts may rely on; the rows hold all of them, with what the exit code becomes. */
#ifndef PATCH_FINDING_H
#define PATCH_FINDING_H

#include <stdarg.h>
#include <stddef.h>

#include "dockerfile-patcher/engine/source.h"

enum { EXIT_DONE = 0, EXIT_PENDING = 1, EXIT_QUESTION = 2, EXIT_REFUSED = 3, EXIT_USAGE = 64 };

enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

/* id, severity, exit code, meaning */
#define FINDING_ROWS(ROW)                                                                                    \
    ROW(TOO_LARGE, "too-large", SEVERITY_ERROR, "the file is larger than 1 MiB")                             \
    ROW(UNREADABLE, "unreadable", SEVERITY_ERROR, "the file cannot be read")                                 \
    ROW(NOT_A_FILE, "not-a-file", SEVERITY_ERROR, "a directory, pipe or device where a file is expected")    \
    ROW(BINARY, "binary", SEVERITY_ERROR, "the file holds NUL bytes")                                        \
    ROW(NOT_UTF8, "not-utf8", SEVERITY_ERROR, "the file is not UTF-8")                                       \
    ROW(SYNTAX, "syntax", SEVERITY_ERROR, "the file's own program would refuse it")                          \
    ROW(TEMPLATE, "template", SEVERITY_ERROR, "a template is to be patched where it is rendered from")       \
    ROW(UNSUPPORTED, "unsupported", SEVERITY_ERROR, "a construct whose meaning is not known for sure")       \
    ROW(USER_DATA_SIZE, "userdata-too-large", SEVERITY_ERROR,                                                \
        "EC2 takes at most 16,384 raw bytes of UserData")                                                    \
    ROW(CHANGED, "changed", SEVERITY_ERROR, "the file was changed while it was being planned")               \
    ROW(WRITE_FAILED, "write-failed", SEVERITY_ERROR,                                                        \
        "the file could not be written; the old one is untouched")                                           \
    ROW(VERIFY_FAILED, "verify-failed", SEVERITY_ERROR,                                                      \
        "the result did not read back as meant: a bug of the patcher")                                       \
    ROW(NOT_PYTHON, "not-python", SEVERITY_NOTE, "no sign of Python: left alone")                            \
    ROW(ALREADY, "already-instrumented", SEVERITY_NOTE, "instrumented already: left alone")                  \
    ROW(NOT_A_SERVICE, "not-a-service", SEVERITY_NOTE, "starts no app: left alone")                          \
    ROW(IGNORED, "ignored", SEVERITY_NOTE, "told to be left alone by # appsig-ignore or the conf file")      \
    ROW(UNRESOLVED, "unresolved", SEVERITY_NOTE, "a script that comes from where it is not followed")        \
    ROW(GENERIC, "generic", SEVERITY_NOTE,                                                                   \
        "no evidence of a server or framework: started as it is, without DEFER")                             \
    ROW(DETERMINED, "determined", SEVERITY_NOTE, "a value that was found here, not asked for")               \
    ROW(UNUSED_ANSWER, "unused-answer", SEVERITY_WARNING, "an answer that no question asked for")            \
    ROW(HINT, "hint", SEVERITY_WARNING, "something to know before it is deployed")

#define FINDING_NAME(name, id, severity, meaning) FINDING_##name,
enum finding_id { FINDING_ROWS(FINDING_NAME) FINDING_COUNT };
#undef FINDING_NAME

struct finding_row {
    const char *id;
    enum severity severity;
    const char *meaning;
};
extern const struct finding_row finding_rows[FINDING_COUNT];

struct finding {
    enum finding_id id;
    char *path;         /* owned */
    struct place place; /* line 0: the file as a whole */
    char *message;      /* owned; lower case, no full stop */
};

struct findings {
    struct finding *items;
    size_t count;
    size_t capacity;
};

/* source may be NULL (then path counts and there is no place). offset SIZE_MAX: the file as a whole. */
struct finding *findings_add(struct findings *findings, enum finding_id id, const struct source *source,
                             const char *path, size_t offset, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
struct finding *findings_add_list(struct findings *findings, enum finding_id id, const struct source *source,
                                  const char *path, size_t offset, const char *format, va_list arguments)
    __attribute__((format(printf, 6, 0)));
void findings_free(struct findings *findings);

/* The finding of a source that was not read. */
enum finding_id finding_of_state(enum source_state state);

#endif
