#include "dockerfile-patcher/text/shell.h"

#include <string.h>

#include "common/text.h"
#include "dockerfile-patcher/text/shell_parser.h"

static void end_command(struct parser *parser, enum shell_end end) {
    if (!parser->in_command) return;
    parser->command.end = end;
    struct shell_script *script = parser->script;
    script->commands =
        arena_grow(parser->arena, script->commands, script->command_count, sizeof *script->commands);
    script->commands[script->command_count++] = parser->command;
    parser->in_command = false;
}

static void begin_command(struct parser *parser, size_t at) {
    if (parser->in_command) return;
    bool negated = parser->command.negated && parser->command.count == 0;
    parser->command = (struct shell_command){
        .first = parser->script->word_count, .span = {at, at}, .depth = parser->depth, .negated = negated};
    parser->in_command = true;
}

static bool is_assignment(const char *value) {
    size_t length = strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");
    if (length == 0 || (value[0] >= '0' && value[0] <= '9')) return false;
    return value[length] == '=' || (value[length] == '+' && value[length + 1] == '=');
}

/* Reserved words where a command may begin; they open or close a level and are no words of a command. */
static bool take_reserved(struct parser *parser, const struct shell_word *word) {
    static const struct {
        const char *word;
        int depth;
    } rows[] = {{"if", 1},    {"then", 0}, {"elif", 0},   {"else", 0}, {"fi", -1},  {"while", 1},
                {"until", 1}, {"do", 0},   {"done", -1},  {"for", 1},  {"case", 1}, {"esac", -1},
                {"{", 1},     {"}", -1},   {"select", 1}, {"!", 0},    {"time", 0}};
    if (word->quoted || (parser->in_command && parser->command.count + parser->command.assignments > 0))
        return false;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(word->value, rows[i].word) != 0) continue;
        if (rows[i].depth < 0 && parser->depth > 0) parser->depth--;
        if (rows[i].depth > 0) parser->depth++;
        parser->in_command = false;
        parser->command = (struct shell_command){.negated = word->value[0] == '!'};
        parser->want_case_pattern = strcmp(word->value, "case") == 0 || strcmp(word->value, "for") == 0;
        if (strcmp(word->value, "case") == 0) parser->cases++;
        if (strcmp(word->value, "esac") == 0 && parser->cases) parser->cases--;
        return true;
    }
    return false;
}

static void add_word(struct parser *parser, const struct shell_word *word) {
    begin_command(parser, word->span.begin);
    struct shell_script *script = parser->script;
    struct shell_command *command = &parser->command;
    script->words = arena_grow(parser->arena, script->words, script->word_count, sizeof *script->words);
    script->words[script->word_count++] = *word;
    command->span.end = word->span.end;
    if (command->count == 0 && is_assignment(word->value)) {
        command->assignments++;
        command->first++;
    } else {
        command->count++;
    }
}

static void skip_heredoc_bodies(struct parser *parser) {
    for (size_t i = 0; i < parser->pending_count; i++) {
        struct shell_heredoc heredoc = parser->pending[i].heredoc;
        size_t wanted = strlen(parser->pending[i].name);
        heredoc.body.begin = parser->at;
        for (bool found = false; !found;) {
            if (parser->at >= parser->length) return parser_break_off(parser, parser->length);
            const char *line = parser->text + parser->at;
            const char *newline = memchr(line, '\n', parser->length - parser->at);
            size_t length = newline ? (size_t)(newline - line) : parser->length - parser->at;
            heredoc.body.end = heredoc.end.begin = parser->at;
            parser->at += length + (newline != NULL);
            if (length && line[length - 1] == '\r') length--;
            heredoc.end.end = heredoc.end.begin + length;
            while (heredoc.chomp && length && *line == '\t') line++, length--;
            found = length == wanted && memcmp(line, parser->pending[i].name, wanted) == 0;
        }
        struct shell_script *script = parser->script;
        script->heredocs =
            arena_grow(parser->arena, script->heredocs, script->heredoc_count, sizeof *script->heredocs);
        script->heredocs[script->heredoc_count++] = heredoc;
    }
    parser->pending_count = 0;
}

static void skip_blanks(struct parser *parser) {
    for (;;) {
        char c = parser_peek(parser, parser->at), next = parser_peek(parser, parser->at + 1);
        if (c == ' ' || c == '\t' || c == '\r')
            parser->at++;
        else if (c == '\\' && next == '\n')
            parser->at += 2;
        else if (c == '\\' && next == '\r' && parser_peek(parser, parser->at + 2) == '\n')
            parser->at += 3;
        else
            return;
    }
}

/* A redirection and the word behind it; digits in front of it have become a word, which is taken back. */
static void read_redirection(struct parser *parser) {
    size_t begin = parser->at;
    struct shell_script *script = parser->script;
    begin_command(parser, begin);
    struct shell_command *command = &parser->command;
    if (command->count && script->words[script->word_count - 1].span.end == begin &&
        strspn(script->words[script->word_count - 1].value, "0123456789") ==
            strlen(script->words[script->word_count - 1].value)) {
        script->word_count--;
        command->count--;
    }
    command->redirected = true;
    size_t sign = parser->at;
    while (strchr("<>&|-", parser_peek(parser, parser->at)) && parser_peek(parser, parser->at) &&
           parser->at - sign < 3)
        parser->at++;
    size_t length = parser->at - sign;
    bool heredoc =
        length >= 2 && memcmp(parser->text + sign, "<<", 2) == 0 && parser->text[sign + length - 1] != '<';
    if (length == 2 && heredoc == false && memcmp(parser->text + sign, "<<", 2) == 0) heredoc = true;
    struct shell_word word;
    skip_blanks(parser);
    if (parser_ends_word(parser_peek(parser, parser->at))) {
        if (parser_peek(parser, parser->at) == '(') parser_skip_substitution(parser);
        command->span.end = parser->at;
        return;
    }
    if (!parser_read_word(parser, &word)) return;
    command->span.end = word.span.end;
    struct shell_redirection redirection = {.command = script->command_count, .target = word};
    memcpy(redirection.sign, parser->text + sign, length);
    script->redirections = arena_grow(parser->arena, script->redirections, script->redirection_count,
                                      sizeof *script->redirections);
    script->redirections[script->redirection_count++] = redirection;
    if (heredoc && parser->pending_count < MOST_PENDING)
        parser->pending[parser->pending_count++] = (struct pending_heredoc){
            word.value,
            {.command = script->command_count, .expands = !word.quoted, .chomp = redirection.sign[2] == '-'}};
}

/* What stood in front of the ) of a case was its pattern, alternatives included. */
static void drop_pattern(struct parser *parser) {
    struct shell_script *script = parser->script;
    parser->want_case_pattern = false;
    parser->in_command = false;
    while (script->command_count && script->commands[script->command_count - 1].end == SHELL_PIPE &&
           script->commands[script->command_count - 1].count == 1)
        script->command_count--;
}

/* NAME=( … ) where the parenthesis follows at once, also behind `declare -a` and its like. */
static bool read_array(struct parser *parser) {
    struct shell_script *script = parser->script;
    const struct shell_word *last =
        parser->in_command && script->word_count ? &script->words[script->word_count - 1] : NULL;
    if (!last || last->span.end != parser->at || !is_assignment(last->value) || !text_ends(last->value, "="))
        return false;
    struct shell_array array = {.appends = text_ends(last->value, "+=")};
    size_t name = strlen(last->value) - 1 - array.appends;
    array.name = arena_copy(parser->arena, last->value, name);
    struct shell_word *words = NULL;
    for (parser->at++;;) {
        skip_blanks(parser);
        char c = parser_peek(parser, parser->at);
        if (parser->at >= parser->length) return parser_break_off(parser, parser->length), true;
        if (c == ')') break;
        if (c == '#') {
            while (parser->at < parser->length && parser->text[parser->at] != '\n') parser->at++;
        } else if (parser_ends_word(c)) {
            parser->at++;
        } else {
            words = arena_grow(parser->arena, words, array.count, sizeof *words);
            if (!parser_read_word(parser, &words[array.count])) return true;
            array.count++;
        }
    }
    parser->command.span.end = ++parser->at;
    array.words = words;
    script->arrays = arena_grow(parser->arena, script->arrays, script->array_count, sizeof *script->arrays);
    script->arrays[script->array_count++] = array;
    return true;
}

static void read_operator(struct parser *parser) {
    if (parser->text[parser->at] == '(' && read_array(parser)) return;
    char c = parser->text[parser->at], next = parser_peek(parser, parser->at + 1);
    bool doubled = c == next && strchr(";&|", c);
    /* Nobody has opened it: a shell refuses the text, and what stands around is not what it seems. */
    if (c == ')' && !parser->cases && !parser->depth) parser_break_off(parser, parser->at);
    parser->at += doubled ? 2 : 1;
    switch (c) {
    case '\n':
        end_command(parser, SHELL_NEWLINE);
        parser->want_case_pattern = false;
        skip_heredoc_bodies(parser);
        break;
    case ';':
        end_command(parser, SHELL_SEMICOLON);
        parser->want_case_pattern = false;
        break;
    case '&': end_command(parser, doubled ? SHELL_AND : SHELL_BACKGROUND); break;
    case '|': end_command(parser, doubled ? SHELL_OR : SHELL_PIPE); break;
    case '(':
        end_command(parser, SHELL_CLOSE);
        parser->depth++;
        break;
    default: /* ')' closes a subshell, or ends a pattern of case: then what stood before it is no command */
        if (parser->cases) drop_pattern(parser);
        end_command(parser, SHELL_CLOSE);
        if (!parser->cases && parser->depth > 0) parser->depth--;
    }
}

void shell_parse(struct arena *arena, const char *text, size_t length, struct shell_script *script) {
    *script = (struct shell_script){0};
    struct parser parser = {.arena = arena,
                            .text = text,
                            .length = length,
                            .script = script,
                            .scratch = arena_allocate(arena, length + 1)};
    for (;;) {
        skip_blanks(&parser);
        if (parser.at >= length) break;
        char c = text[parser.at];
        if (c == '#') {
            while (parser.at < length && text[parser.at] != '\n') parser.at++;
        } else if (c == '<' || c == '>' || (c == '&' && parser_peek(&parser, parser.at + 1) == '>')) {
            read_redirection(&parser);
        } else if (parser_ends_word(c) && c) {
            read_operator(&parser);
        } else if (!c) {
            parser_break_off(&parser, parser.at);
        } else {
            struct shell_word word;
            if (!parser_read_word(&parser, &word)) break;
            if (!parser.want_case_pattern && take_reserved(&parser, &word)) continue;
            if (parser.want_case_pattern) continue;
            add_word(&parser, &word);
        }
    }
    end_command(&parser, SHELL_END);
}

const char **shell_vector(struct arena *arena, const struct shell_script *script,
                          const struct shell_command *command) {
    const char **vector = arena_allocate(arena, (command->count + 1) * sizeof *vector);
    for (size_t i = 0; i < command->count; i++) vector[i] = script->words[command->first + i].value;
    return vector;
}
