/* Shell text as words and commands, with every part's place: enough to find a command and put words into it.
 *
 * Nothing is executed or expanded. A word's `value` has its quotes and backslashes undone; `plain` says that no
 * expansion could change it. Text inside $(…), `…` and (…) subshells belongs to the word or is parsed in its place. */
#ifndef PATCH_SHELL_H
#define PATCH_SHELL_H

#include <stdbool.h>
#include <stddef.h>

#include "dockerfile-patcher/engine/arena.h"
#include "dockerfile-patcher/engine/source.h"

struct shell_word {
    struct span span;  /* in the text */
    const char *value; /* quotes undone, expansions as written */
    bool plain;  /* no $, ` or glob outside quotes that keep it literal, and no host's hole (script.h) */
    bool quoted; /* some part of it is quoted or escaped */
};

/* What stands behind a command. */
enum shell_end {
    SHELL_END,
    SHELL_NEWLINE,
    SHELL_SEMICOLON,
    SHELL_AND,
    SHELL_OR,
    SHELL_PIPE,
    SHELL_BACKGROUND,
    SHELL_CLOSE
};

struct shell_command {
    size_t first;       /* index of its first word, assignments and reserved words left out */
    size_t count;       /* redirections and what follows their signs left out */
    size_t assignments; /* words in front of `first` that are NAME=VALUE */
    struct span span;   /* from the first assignment or word to behind the last word or redirection */
    enum shell_end end;
    unsigned depth;  /* 0: a plain list; more inside if, loops, case, functions, ( ) and { } */
    bool negated;    /* behind ! */
    bool redirected; /* has a redirection */
};

/* NAME=( … ): the words are no part of a command. */
struct shell_array {
    const char *name;
    const struct shell_word *words;
    size_t count;
    bool appends; /* += */
};

/* `> target`, `2>> target`, `<< name`: of the command with that index. */
struct shell_redirection {
    size_t command;
    char sign[4];             /* "<", ">", ">>", "<<", "<<-", "<<<", "&>", ">&", ... */
    struct shell_word target; /* of a heredoc its delimiter */
};

/* What stands below a command as its standard input. */
struct shell_heredoc {
    size_t command;
    struct span body; /* whole lines, without that of the delimiter */
    struct span end;  /* the delimiter's own line, without its newline */
    bool expands;     /* the delimiter is not quoted: $ and ` in the body are the outer shell's */
    bool chomp;       /* <<-: leading tabs are taken away */
};

struct shell_script {
    struct shell_word *words;
    size_t word_count;
    struct shell_command *commands;
    size_t command_count;
    struct shell_redirection *redirections;
    size_t redirection_count;
    struct shell_heredoc *heredocs;
    size_t heredoc_count;
    struct shell_array *arrays;
    size_t array_count;
    bool broken; /* a quote, heredoc or substitution has no end: the commands before it are right */
    size_t broken_at;
};

/* The whole text: newlines part commands, backslash-newline joins, # comments and heredoc bodies are skipped. */
void shell_parse(struct arena *arena, const char *text, size_t length, struct shell_script *script);

/* How a byte is written in a text that a shell reads, which tells how another byte is put beside it. */
enum shell_quote {
    SHELL_QUOTE_NONE,
    SHELL_QUOTE_SINGLE,
    SHELL_QUOTE_DOUBLE,
    SHELL_QUOTE_HEREDOC, /* in the body of one whose delimiter is not quoted */
    SHELL_QUOTE_VERBATIM /* the outer shell leaves it alone, whatever it is */
};

/* begin..end in the text, the backslash in front of it included. */
struct shell_origin {
    size_t begin;
    size_t end;
    enum shell_quote quote;
};

/* Where each byte of a word's value stands in the text that it was parsed from, in the arena; one more stands behind the
 * last byte, inside its quotes. Returns the length of the value. */
size_t shell_origins(struct arena *arena, const char *text, const struct shell_word *word,
                     struct shell_origin **origins);

/* What stands inside the $( ) and ` ` of a word, outermost ones only; arithmetic is none. In the arena. */
size_t shell_substitutions(struct arena *arena, const char *text, const struct shell_word *word,
                           struct span **inner);

/* The words of a command as a NULL-terminated vector in the arena. */
const char **shell_vector(struct arena *arena, const struct shell_script *script,
                          const struct shell_command *command);

#endif
