#include "dockerfile-patcher/text/shell.h"

#include <string.h>

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
    char *scratch; /* a word undone is never longer than the text */
    struct shell_command command;
    bool in_command;
    unsigned depth;
    struct pending_heredoc pending[MOST_PENDING];
    size_t pending_count;
    bool want_case_pattern;
    unsigned cases;
};

static char peek_at(const struct parser *parser, size_t at) {
    return at < parser->length ? parser->text[at] : '\0';
}

static void break_off(struct parser *parser, size_t at) {
    if (!parser->script->broken) parser->script->broken_at = at;
    parser->script->broken = true;
    parser->at = parser->length;
}

/* Behind a $( ), ${ }, $(( )) or ` ` that begins at parser->at; false where it has no end. */
static bool skip_substitution(struct parser *parser) {
    size_t at = parser->at;
    char open = parser->text[at];
    if (open == '`') {
        for (at++; at < parser->length && parser->text[at] != '`'; at++)
            if (parser->text[at] == '\\') at++;
        parser->at = at + 1;
        return at < parser->length;
    }
    char opening = peek_at(parser, at + 1);
    char closing = opening == '(' ? ')' : '}';
    unsigned nested = 0;
    char quote = '\0';
    for (at++; at < parser->length; at++) {
        char c = parser->text[at];
        if (c == '\\' && quote != '\'') {
            at++;
        } else if (quote) {
            if (c == quote) quote = '\0';
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == opening) {
            nested++;
        } else if (c == closing && --nested == 0) {
            parser->at = at + 1;
            return true;
        }
    }
    return false;
}

static bool starts_substitution(const struct parser *parser) {
    char c = peek_at(parser, parser->at), next = peek_at(parser, parser->at + 1);
    return c == '`' || (c == '$' && (next == '(' || next == '{'));
}

struct word_state {
    char *out;
    size_t length;
    bool plain;
    bool quoted;
};

static void put(struct word_state *state, const char *bytes, size_t length) {
    memcpy(state->out + state->length, bytes, length);
    state->length += length;
}

static bool put_substitution(struct parser *parser, struct word_state *state) {
    size_t begin = parser->at;
    state->plain = false;
    if (!skip_substitution(parser)) return false;
    put(state, parser->text + begin, parser->at - begin);
    return true;
}

static bool read_double_quoted(struct parser *parser, struct word_state *state) {
    for (parser->at++; parser->at < parser->length;) {
        char c = parser->text[parser->at];
        if (c == '"') return parser->at++, true;
        if (c == '\\' && parser->at + 1 < parser->length) {
            char next = parser->text[parser->at + 1];
            if (next != '\n' && !strchr("$`\"\\", next)) put(state, "\\", 1);
            if (next != '\n') put(state, &next, 1);
            parser->at += 2;
        } else if (starts_substitution(parser)) {
            if (!put_substitution(parser, state)) return false;
        } else {
            if (c == '$') state->plain = false;
            put(state, &c, 1);
            parser->at++;
        }
    }
    return false;
}

static bool read_single_quoted(struct parser *parser, struct word_state *state) {
    const char *begin = parser->text + parser->at + 1;
    const char *close = memchr(begin, '\'', parser->length - parser->at - 1);
    if (!close) return false;
    put(state, begin, (size_t)(close - begin));
    parser->at = (size_t)(close - parser->text) + 1;
    return true;
}

/* Bytes that end a word, and those that need a look inside one: a table, as every byte of every RUN is asked. */
enum { ENDS = 1, OPENS = 2, EXPANDS = 4 };
static const unsigned char classes[256] = {
    ['\0'] = ENDS,
    [' '] = ENDS,
    ['\t'] = ENDS,
    ['\r'] = ENDS,
    ['\n'] = ENDS,
    [';'] = ENDS,
    ['&'] = ENDS,
    ['|'] = ENDS,
    ['<'] = ENDS,
    ['>'] = ENDS,
    ['('] = ENDS,
    [')'] = ENDS,
    ['\''] = OPENS,
    ['"'] = OPENS,
    ['`'] = OPENS,
    ['\\'] = OPENS,
    ['$'] = OPENS | EXPANDS,
    ['*'] = EXPANDS,
    ['?'] = EXPANDS,
    ['['] = EXPANDS,
};

static bool ends_word(char c) { return classes[(unsigned char)c] & ENDS; }

/* One word into the arena; false where a quote has no end. */
static bool read_word(struct parser *parser, struct shell_word *word) {
    struct word_state state = {.out = parser->scratch, .plain = true};
    size_t begin = parser->at;
    while (!ends_word(peek_at(parser, parser->at))) {
        char c = parser->text[parser->at];
        size_t piece = parser->at;
        if (!classes[(unsigned char)c]) {
            state.out[state.length++] = c;
            parser->at++;
        } else if (c == '\'' || c == '"' || starts_substitution(parser)) {
            state.quoted |= c == '\'' || c == '"';
            bool read = c == '\''  ? read_single_quoted(parser, &state)
                        : c == '"' ? read_double_quoted(parser, &state)
                                   : put_substitution(parser, &state);
            if (!read) return break_off(parser, piece), false;
        } else if (c == '\\') {
            bool joined = peek_at(parser, parser->at + 1) == '\n' || parser->at + 1 >= parser->length;
            state.quoted |= !joined;
            if (!joined) put(&state, parser->text + parser->at + 1, 1);
            parser->at += parser->at + 1 < parser->length ? 2 : 1;
        } else {
            if (classes[(unsigned char)c] & EXPANDS) state.plain = false;
            put(&state, &c, 1);
            parser->at++;
        }
    }
    *word = (struct shell_word){
        {begin, parser->at}, arena_copy(parser->arena, state.out, state.length), state.plain, state.quoted};
    return true;
}

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
    return length > 0 && value[length] == '=' && !(value[0] >= '0' && value[0] <= '9');
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
            if (parser->at >= parser->length) return break_off(parser, parser->length);
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
        char c = peek_at(parser, parser->at), next = peek_at(parser, parser->at + 1);
        if (c == ' ' || c == '\t' || c == '\r')
            parser->at++;
        else if (c == '\\' && next == '\n')
            parser->at += 2;
        else if (c == '\\' && next == '\r' && peek_at(parser, parser->at + 2) == '\n')
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
    while (strchr("<>&|-", peek_at(parser, parser->at)) && peek_at(parser, parser->at) &&
           parser->at - sign < 3)
        parser->at++;
    size_t length = parser->at - sign;
    bool heredoc =
        length >= 2 && memcmp(parser->text + sign, "<<", 2) == 0 && parser->text[sign + length - 1] != '<';
    if (length == 2 && heredoc == false && memcmp(parser->text + sign, "<<", 2) == 0) heredoc = true;
    struct shell_word word;
    skip_blanks(parser);
    if (ends_word(peek_at(parser, parser->at))) {
        if (peek_at(parser, parser->at) == '(') skip_substitution(parser);
        command->span.end = parser->at;
        return;
    }
    if (!read_word(parser, &word)) return;
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

static void read_operator(struct parser *parser) {
    char c = parser->text[parser->at], next = peek_at(parser, parser->at + 1);
    bool doubled = c == next && strchr(";&|", c);
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
        } else if (c == '<' || c == '>' || (c == '&' && peek_at(&parser, parser.at + 1) == '>')) {
            read_redirection(&parser);
        } else if (ends_word(c) && c) {
            read_operator(&parser);
        } else if (!c) {
            break_off(&parser, parser.at);
        } else {
            struct shell_word word;
            if (!read_word(&parser, &word)) break;
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
