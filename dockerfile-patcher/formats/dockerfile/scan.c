#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "dockerfile-patcher/formats/dockerfile/dockerfile.h"
#include "dockerfile-patcher/text/find.h"

enum { MOST_LINE_BYTES = 65536 }; /* Go's bufio.Scanner, which BuildKit reads with */

struct scanner {
    struct dockerfile *file;
    const char *bytes;
    size_t length;
    size_t at;
    size_t line; /* lines read so far */
    bool directives_over;
    unsigned directives_seen;
    bool ignore_next;
    struct dockerfile_complaint *complaint;
};

/* A physical line without its line ending. */
struct physical {
    size_t begin;
    size_t end;
};

static bool complain(struct scanner *scanner, size_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static bool complain(struct scanner *scanner, size_t offset, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(scanner->complaint->message, sizeof scanner->complaint->message, format, arguments);
    va_end(arguments);
    scanner->complaint->offset = offset;
    return false;
}

static inline bool is_line_end(char c) { return c == '\n' || c == '\r'; }

/* What parts a keyword from its arguments: Go's `[\t\v\f\r ]`. */
static inline bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r'; }

static bool next_line(struct scanner *scanner, struct physical *line, bool *too_long) {
    if (scanner->at >= scanner->length) return false;
    const char *newline = memchr(scanner->bytes + scanner->at, '\n', scanner->length - scanner->at);
    size_t next = newline ? (size_t)(newline - scanner->bytes) + 1 : scanner->length;
    *too_long = next - scanner->at > MOST_LINE_BYTES || (!newline && next - scanner->at == MOST_LINE_BYTES);
    *line = (struct physical){scanner->at, next};
    while (line->end > line->begin && is_line_end(scanner->bytes[line->end - 1])) line->end--;
    scanner->at = next;
    scanner->line++;
    return true;
}

static void skip_spaces(const struct scanner *scanner, struct physical *line) {
    size_t width;
    while ((width = space_width(scanner->bytes + line->begin, line->end - line->begin))) line->begin += width;
}

static bool is_comment(const struct scanner *scanner, struct physical line) {
    skip_spaces(scanner, &line);
    return line.begin < line.end && scanner->bytes[line.begin] == '#';
}

/* Takes the continuation mark off the line's end; an escaped escape character is none. */
static bool continues(const struct scanner *scanner, struct physical *line) {
    size_t end = line->end;
    char escape = scanner->file->escape;
    while (end > line->begin && (scanner->bytes[end - 1] == ' ' || scanner->bytes[end - 1] == '\t')) end--;
    if (end == line->begin || scanner->bytes[end - 1] != escape) return false;
    if (end - 1 > line->begin && scanner->bytes[end - 2] == escape) return false;
    line->end = end - 1;
    return true;
}

/* `# name = value` in front of everything else; the first line that is none ends them. */
static bool read_directive(struct scanner *scanner, const struct physical *line) {
    static const char *const names[] = {"syntax", "escape", "check"};
    const char *at = scanner->bytes + line->begin;
    const char *end = scanner->bytes + line->end;
    scanner->directives_over = true;
    if (at == end || *at++ != '#') return true;
    while (at < end && space_width(at, 1)) at++;
    const char *name = at;
    while (at < end && (((*at | 32) >= 'a' && (*at | 32) <= 'z') || (at > name && *at >= '0' && *at <= '9')))
        at++;
    size_t length = (size_t)(at - name);
    while (at < end && space_width(at, 1)) at++;
    if (length == 0 || at == end || *at++ != '=') return true;
    while (at < end && space_width(at, 1)) at++;
    while (end > at && space_width(end - 1, 1)) end--;
    if (at == end) return true;
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if (strlen(names[i]) != length || strncasecmp(name, names[i], length) != 0) continue;
        if (scanner->directives_seen & 1u << i)
            return complain(scanner, line->begin, "only one '%s' parser directive can be used", names[i]);
        scanner->directives_seen |= 1u << i;
        scanner->directives_over = false;
        if (i != 1) return true;
        if (end - at != 1 || (*at != '\\' && *at != '`'))
            return complain(scanner, line->begin, "'escape' is neither \\ nor `");
        scanner->file->escape = *at;
    }
    return true;
}

static void note_comment(struct scanner *scanner, const struct physical *line) {
    if (!find_bytes(scanner->bytes + line->begin, line->end - line->begin, "appsig-ignore", 13)) return;
    if (scanner->file->count == 0)
        scanner->file->ignored = true;
    else
        scanner->ignore_next = true;
}

static void trim(const struct instruction *instruction, size_t begin, size_t end, struct span *trimmed) {
    size_t width;
    while ((width = space_width(instruction->text + begin, end - begin))) begin += width;
    for (bool again = true; again && end > begin;) {
        again = false;
        for (size_t k = 1; k <= 3 && k <= end - begin; k++) {
            if (space_width(instruction->text + end - k, k) != k) continue;
            end -= k;
            again = true;
            break;
        }
    }
    *trimmed = (struct span){begin, end};
}

/* BuildKit's extractBuilderFlags: every leading word that starts with "--", up to a lone "--". */
static size_t skip_flags(const struct scanner *scanner, struct instruction *instruction, size_t at,
                         size_t end) {
    const char *text = instruction->text;
    for (;;) {
        while (at < end && space_width(text + at, 1)) at++;
        if (end - at < 2 || text[at] != '-' || text[at + 1] != '-') return at;
        if (instruction->flags.end == 0) instruction->flags.begin = at;
        size_t word = at;
        char quote = '\0';
        for (; at < end && (quote || !space_width(text + at, 1)); at++) {
            if (quote ? text[at] == quote : text[at] == '"' || text[at] == '\'')
                quote = quote ? '\0' : text[at];
            else if (text[at] == scanner->file->escape && at + 1 < end)
                at++;
        }
        instruction->flags.end = at;
        if (at - word == 2) return at;
    }
}

static bool check_pairs(struct scanner *scanner, const struct instruction *instruction) {
    const struct name_word *words;
    struct span span = instruction->arguments;
    size_t count = dockerfile_words(&scanner->file->arena, instruction->text + span.begin,
                                    span.end - span.begin, span.begin, scanner->file->escape, &words);
    if (count == 0) return true;
    if (!strchr(words[0].text, '=')) {
        for (size_t i = span.begin; i < span.end; i++)
            if (is_blank(instruction->text[i])) return true;
        return complain(scanner, instruction->span.begin, "'%s' must have two arguments", instruction->word);
    }
    for (size_t i = 1; i < count; i++)
        if (!strchr(words[i].text, '='))
            return complain(scanner, instruction_offset(instruction, words[i].span.begin),
                            "'%.60s' must be of the form name=value", words[i].text);
    return true;
}

static bool parse_json(struct scanner *scanner, struct instruction *instruction, struct span span) {
    enum json_form form =
        dockerfile_json(&scanner->file->arena, instruction->text + span.begin, span.end - span.begin,
                        span.begin, &instruction->words, &instruction->word_count);
    instruction->json = form == JSON_FORM;
    if (form == JSON_NOT_STRINGS)
        return complain(scanner, instruction_offset(instruction, span.begin),
                        "the JSON form takes an array of strings only");
    return true;
}

static bool parse_arguments(struct scanner *scanner, struct instruction *instruction, enum keyword keyword) {
    struct span span = instruction->arguments;
    switch ((int)keyword) {
    case KEYWORD_ENV:
    case KEYWORD_LABEL: return check_pairs(scanner, instruction);
    case KEYWORD_HEALTHCHECK: {
        while (span.begin < span.end && !space_width(instruction->text + span.begin, 1)) span.begin++;
        while (span.begin < span.end && space_width(instruction->text + span.begin, 1)) span.begin++;
        return span.begin == span.end || parse_json(scanner, instruction, span);
    }
    case KEYWORD_RUN:
    case KEYWORD_CMD:
    case KEYWORD_ENTRYPOINT:
    case KEYWORD_SHELL:
    case KEYWORD_ADD:
    case KEYWORD_COPY:
    case KEYWORD_VOLUME:
        if (span.begin < span.end && instruction->text[span.begin] == '[')
            return parse_json(scanner, instruction, span);
        return true;
    default: return true;
    }
}

/* Keyword, flags and arguments of the line from `begin` on; ONBUILD holds a line of its own. */
static bool parse_line(struct scanner *scanner, struct instruction *instruction, size_t begin, bool inner) {
    struct span line;
    trim(instruction, begin, instruction->text_length, &line);
    size_t at = line.begin;
    while (at < line.end && !is_blank(instruction->text[at])) at++;
    size_t length = at - line.begin;
    enum keyword keyword = keyword_of(instruction->text + line.begin, length);
    if (inner) {
        instruction->inner = keyword;
    } else {
        instruction->keyword = keyword;
        instruction->word = arena_copy(&scanner->file->arena, instruction->text + line.begin, length);
    }
    while (at < line.end && is_blank(instruction->text[at])) at++;
    at = skip_flags(scanner, instruction, at, line.end);
    trim(instruction, at, line.end, &instruction->arguments);
    if (keyword == KEYWORD_ONBUILD) {
        if (instruction->arguments.begin == instruction->arguments.end) return true;
        if (inner)
            return true; /* refused by BuildKit's later stages, not by its parser; nobody reads further */
        return parse_line(scanner, instruction, instruction->arguments.begin, true);
    }
    return parse_arguments(scanner, instruction, keyword);
}

static bool read_heredoc(struct scanner *scanner, struct heredoc *heredoc, bool *too_long) {
    struct physical line;
    size_t wanted = strlen(heredoc->name);
    heredoc->body.begin = scanner->at;
    for (size_t begin = scanner->at; next_line(scanner, &line, too_long) && !*too_long; begin = scanner->at) {
        heredoc->body.end = begin;
        while (heredoc->chomp && line.begin < line.end && scanner->bytes[line.begin] == '\t') line.begin++;
        if (line.end - line.begin != wanted ||
            memcmp(scanner->bytes + line.begin, heredoc->name, wanted) != 0)
            continue;
        heredoc->terminator = (struct span){begin, scanner->at};
        return true;
    }
    return false;
}

static bool read_heredocs(struct scanner *scanner, struct instruction *instruction) {
    enum keyword keyword =
        instruction->keyword == KEYWORD_ONBUILD ? instruction->inner : instruction->keyword;
    bool may = keyword == KEYWORD_RUN || keyword == KEYWORD_COPY || keyword == KEYWORD_ADD;
    if (!may || instruction->json || !find_bytes(instruction->text, instruction->text_length, "<<", 2))
        return true;
    const struct heredoc_word *words;
    size_t count;
    if (!dockerfile_heredoc_words(&scanner->file->arena, instruction->text, instruction->text_length, &words,
                                  &count))
        return complain(scanner, instruction->span.begin, "the name of a heredoc cannot be read");
    if (count == 0) return true;
    struct heredoc *heredocs = arena_allocate(&scanner->file->arena, count * sizeof *heredocs);
    for (size_t i = 0; i < count; i++) {
        heredocs[i] =
            (struct heredoc){.name = words[i].name, .chomp = words[i].chomp, .expand = words[i].expand};
        bool too_long = false;
        if (!read_heredoc(scanner, &heredocs[i], &too_long))
            return too_long ? complain(scanner, instruction->span.begin, "a line is longer than 65535 bytes")
                            : complain(scanner, instruction->span.begin, "the heredoc '%.60s' has no end",
                                       words[i].name);
    }
    instruction->heredocs = heredocs;
    instruction->heredoc_count = count;
    return true;
}

struct pieces {
    struct physical *items;
    size_t count;
    size_t length;
};

static void add_piece(struct scanner *scanner, struct pieces *pieces, const struct physical *line) {
    if (line->begin == line->end && pieces->count) return;
    pieces->items = arena_grow(&scanner->file->arena, pieces->items, pieces->count, sizeof *pieces->items);
    pieces->items[pieces->count++] = *line;
    pieces->length += line->end - line->begin;
}

static void join(struct scanner *scanner, struct instruction *instruction, const struct pieces *pieces) {
    const struct physical *last = &pieces->items[pieces->count - 1];
    instruction->text_length = pieces->length;
    instruction->text_end = last->end;
    instruction->text_begin = pieces->items[0].begin;
    instruction->text = scanner->bytes + instruction->text_begin;
    if (pieces->count == 1) return;
    char *text = arena_allocate(&scanner->file->arena, pieces->length + 1);
    struct text_segment *segments = arena_allocate(&scanner->file->arena, pieces->count * sizeof *segments);
    size_t length = 0;
    for (size_t i = 0; i < pieces->count; i++) {
        segments[i] = (struct text_segment){length, pieces->items[i].begin};
        memcpy(text + length, scanner->bytes + pieces->items[i].begin,
               pieces->items[i].end - pieces->items[i].begin);
        length += pieces->items[i].end - pieces->items[i].begin;
    }
    instruction->text = text;
    instruction->segments = segments;
    instruction->segment_count = pieces->count;
}

static bool read_instruction(struct scanner *scanner, struct physical line) {
    struct dockerfile *file = scanner->file;
    file->instructions =
        arena_grow(&file->arena, file->instructions, file->count, sizeof *file->instructions);
    struct instruction *instruction = &file->instructions[file->count++];
    *instruction =
        (struct instruction){.line = scanner->line, .stage = SIZE_MAX, .ignored = scanner->ignore_next};
    scanner->ignore_next = false;
    instruction->span.begin = line.begin;
    struct pieces pieces = {0};
    bool more = continues(scanner, &line), too_long = false;
    add_piece(scanner, &pieces, &line);
    while (more && next_line(scanner, &line, &too_long)) {
        if (too_long) return complain(scanner, line.begin, "a line is longer than 65535 bytes");
        struct physical content = line;
        skip_spaces(scanner, &content);
        if (content.begin == content.end || scanner->bytes[content.begin] == '#') continue;
        more = continues(scanner, &line);
        add_piece(scanner, &pieces, &line);
    }
    instruction->unfinished = more;
    join(scanner, instruction, &pieces);
    if (!parse_line(scanner, instruction, 0, false) || !read_heredocs(scanner, instruction)) return false;
    instruction->last_line = scanner->line;
    instruction->span.end = scanner->at;
    return true;
}

bool dockerfile_scan(struct dockerfile *file, const struct source *source,
                     struct dockerfile_complaint *complaint) {
    *file = (struct dockerfile){.source = source, .escape = '\\'};
    struct scanner scanner = {.file = file,
                              .bytes = source->bytes,
                              .length = source->length,
                              .at = source->begin,
                              .complaint = complaint};
    struct physical line;
    bool too_long = false;
    while (next_line(&scanner, &line, &too_long)) {
        if (too_long) return complain(&scanner, line.begin, "a line is longer than 65535 bytes");
        skip_spaces(&scanner, &line);
        if (!scanner.directives_over && !read_directive(&scanner, &line)) return false;
        if (line.begin == line.end) continue;
        if (is_comment(&scanner, line))
            note_comment(&scanner, &line);
        else if (!read_instruction(&scanner, line))
            return false;
    }
    if (file->count == 0) return complain(&scanner, source->begin, "the file holds no instructions");
    return true;
}

void dockerfile_free(struct dockerfile *file) { arena_free(&file->arena); }

size_t instruction_offset(const struct instruction *instruction, size_t text_offset) {
    if (!instruction->segments) return instruction->text_begin + text_offset;
    size_t i = 0;
    while (i + 1 < instruction->segment_count && instruction->segments[i + 1].text_offset <= text_offset) i++;
    return instruction->segments[i].source_offset + (text_offset - instruction->segments[i].text_offset);
}

const char *instruction_arguments(struct dockerfile *file, const struct instruction *instruction) {
    struct span span = instruction->arguments;
    return arena_copy(&file->arena, instruction->text + span.begin, span.end - span.begin);
}

const char *instruction_flag(struct dockerfile *file, const struct instruction *instruction,
                             const char *name) {
    size_t at = instruction->flags.begin, end = instruction->flags.end, wanted = strlen(name);
    while (at < end) {
        while (at < end && space_width(instruction->text + at, 1)) at++;
        size_t begin = at;
        while (at < end && !space_width(instruction->text + at, 1)) at++;
        const char *flag = instruction->text + begin;
        if (at - begin > wanted + 2 && strncmp(flag + 2, name, wanted) == 0 && flag[wanted + 2] == '=')
            return arena_copy(&file->arena, flag + wanted + 3, at - begin - wanted - 3);
    }
    return NULL;
}
