/* A Dockerfile as BuildKit's parser reads it (frontend/dockerfile/parser, v0.23), with every part's place in the bytes.
 *
 * An instruction's `text` is its logical line: continuations joined, comments and empty lines inside them dropped, as
 * the parser does. Offsets into text become offsets into the source by instruction_offset. */
#ifndef PATCH_DOCKERFILE_H
#define PATCH_DOCKERFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "dockerfile-patcher/engine/arena.h"
#include "dockerfile-patcher/engine/source.h"

#define KEYWORD_ROWS(ROW)                                                                                    \
    ROW(ADD, "ADD")                                                                                          \
    ROW(ARG, "ARG")                                                                                          \
    ROW(CMD, "CMD")                                                                                          \
    ROW(COPY, "COPY")                                                                                        \
    ROW(ENTRYPOINT, "ENTRYPOINT")                                                                            \
    ROW(ENV, "ENV")                                                                                          \
    ROW(EXPOSE, "EXPOSE")                                                                                    \
    ROW(FROM, "FROM")                                                                                        \
    ROW(HEALTHCHECK, "HEALTHCHECK")                                                                          \
    ROW(LABEL, "LABEL")                                                                                      \
    ROW(MAINTAINER, "MAINTAINER")                                                                            \
    ROW(ONBUILD, "ONBUILD")                                                                                  \
    ROW(RUN, "RUN")                                                                                          \
    ROW(SHELL, "SHELL")                                                                                      \
    ROW(STOPSIGNAL, "STOPSIGNAL")                                                                            \
    ROW(USER, "USER")                                                                                        \
    ROW(VOLUME, "VOLUME")                                                                                    \
    ROW(WORKDIR, "WORKDIR")

#define KEYWORD_NAME(name, word) KEYWORD_##name,
enum keyword { KEYWORD_UNKNOWN, KEYWORD_ROWS(KEYWORD_NAME) KEYWORD_COUNT };
#undef KEYWORD_NAME

/* Where a stretch of `text` begins in the source. */
struct text_segment {
    size_t text_offset;
    size_t source_offset;
};

/* One element of the JSON form: its value, and the span of its literal, quotes included, in `text`. */
struct json_word {
    const char *value;
    struct span span;
};

struct heredoc {
    const char *name;
    bool chomp;       /* <<- */
    bool expand;      /* the name is not quoted */
    struct span body; /* in the source: whole lines, the terminator's left out */
    struct span terminator;
};

struct instruction {
    enum keyword keyword;
    const char *word; /* the keyword as written, NUL-terminated; for ONBUILD: "ONBUILD" */
    struct span
        span; /* in the source: from the keyword to behind the newline of the last line, heredocs included */
    size_t text_end; /* in the source: behind the last byte of the logical line, its newline not included */
    size_t line;     /* BuildKit's StartLine and EndLine */
    size_t last_line;
    const char *text; /* not NUL-terminated where it lies in the source */
    size_t text_length;
    const struct text_segment *segments; /* NULL: one segment, text offset 0 is `text_begin` */
    size_t segment_count;
    size_t text_begin;
    struct span arguments; /* in text: behind the keyword and its --flags, blanks trimmed */
    struct span flags;     /* in text: from the first --flag to behind the last; empty where there is none */
    bool json;             /* the arguments are a JSON array of strings */
    const struct json_word *words;
    size_t word_count;
    const struct heredoc *heredocs;
    size_t heredoc_count;
    enum keyword
        inner; /* of ONBUILD: the keyword of what it holds; `arguments` and `words` are then the inner ones */
    bool ignored;    /* `# appsig-ignore` in the comment above it */
    bool unfinished; /* the file ends in the middle of its continuation: nothing can stand behind it */
    size_t stage; /* filled by dockerfile_stages: index of its stage; SIZE_MAX in front of the first FROM */
};

struct dockerfile {
    struct arena arena;
    const struct source *source;
    char escape;
    struct instruction *instructions;
    size_t count;
    struct stage *stages; /* dockerfile_stage.h */
    size_t stage_count;
    bool ignored; /* `# appsig-ignore` in front of the first instruction: the whole file */
};

struct dockerfile_complaint {
    size_t offset; /* in the source */
    char message[160];
};

/* False where BuildKit's parser would refuse the file. The source must outlive the model. */
bool dockerfile_scan(struct dockerfile *file, const struct source *source,
                     struct dockerfile_complaint *complaint);
void dockerfile_free(struct dockerfile *file);

size_t instruction_offset(const struct instruction *instruction, size_t text_offset);

/* The arguments as a string of their own in the file's arena. */
const char *instruction_arguments(struct dockerfile *file, const struct instruction *instruction);

/* The value of --name=VALUE among the flags, or NULL; in the file's arena. */
const char *instruction_flag(struct dockerfile *file, const struct instruction *instruction,
                             const char *name);

enum keyword keyword_of(const char *word, size_t length);
extern const char *const keyword_words[KEYWORD_COUNT];

/* Words as ENV, ARG and LABEL part them: quotes and escapes stay in the word; spans are offsets from `text` + base. */
struct name_word {
    struct span span;
    const char *text;
};
size_t dockerfile_words(struct arena *arena, const char *text, size_t length, size_t base, char escape,
                        const struct name_word **words);

/* Width in bytes of the white space (Unicode's, as Go's unicode.IsSpace) at `at`, 0 where there is none. */
size_t wide_space(const char *at, size_t length); /* for a first byte of 0x80 and more */

static inline size_t space_width(const char *at, size_t length) {
    unsigned char first = length ? (unsigned char)*at : 'x';
    return first >= 0x80 ? wide_space(at, length) : first == ' ' || (first >= '\t' && first <= '\r');
}

enum json_form { JSON_FORM, JSON_NOT, JSON_NOT_STRINGS };

/* As BuildKit's parseJSON: a JSON array of strings. Spans of the words are offsets from `text` + base. */
enum json_form dockerfile_json(struct arena *arena, const char *text, size_t length, size_t base,
                               const struct json_word **words, size_t *count);

struct heredoc_word {
    const char *name;
    bool chomp;
    bool expand;
};

/* The heredocs that a logical line announces, in order; false where BuildKit refuses the line. */
bool dockerfile_heredoc_words(struct arena *arena, const char *text, size_t length,
                              const struct heredoc_word **words, size_t *count);

#endif
