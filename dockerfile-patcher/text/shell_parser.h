/* What the rooms of the shell parser share; everybody else reads shell.h. */
#ifndef PATCH_SHELL_PARSER_H
#define PATCH_SHELL_PARSER_H

#include "dockerfile-patcher/text/shell.h"

struct pending_heredoc {
    const char *name;
    struct shell_heredoc heredoc;
};

enum { MOST_PENDING = 8 };

struct parser {
    struct arena *arena;
    const char *text;
    size_t length;
    size_t at;
    struct shell_script *script;
    char *scratch;                /* a word undone is never longer than the text */
    struct shell_origin *origins; /* of each byte of scratch; NULL: nobody asks */
    struct shell_command command;
    bool in_command;
    unsigned depth;
    struct pending_heredoc pending[MOST_PENDING];
    size_t pending_count;
    bool want_case_pattern;
    unsigned cases;
};

static inline char parser_peek(const struct parser *parser, size_t at) {
    return at < parser->length ? parser->text[at] : '\0';
}

void parser_break_off(struct parser *parser, size_t at);

/* True where the character ends a word that is not quoted. */
bool parser_ends_word(char c);

/* Behind a $( ), ${ }, $(( )) or ` ` that begins at parser->at; false where it has no end. */
bool parser_skip_substitution(struct parser *parser);

/* One word into the arena; false where a quote has no end. */
bool parser_read_word(struct parser *parser, struct shell_word *word);

#endif
