#include "common/options.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"

struct parser {
    const struct option_row *rows;
    size_t count;
    int usage_code;
    option_given *given;
    void *context;
    struct error **error;
};

static bool usage_error(const struct parser *parser, const char *what, const char *complaint) {
    cleanup_free char *printable = text_printable(what, 80);
    return error_set(parser->error, parser->usage_code, "'%s' %s", printable, complaint);
}

static bool deliver(const struct parser *parser, size_t row, const char *shown, const char *value) {
    cleanup_free char *complaint = NULL;
    const struct option_row *option = &parser->rows[row];
    if (option->check && value && !option->check(value, &complaint))
        return usage_error(parser, shown, complaint ? complaint : "has a bad value");
    parser->given(row, value, parser->context);
    return true;
}

static bool parse_long(const struct parser *parser, int argc, char *const *argv, int *index) {
    const char *name = argv[*index] + 2;
    size_t length = strcspn(name, "=");
    const char *value = name[length] == '=' ? name + length + 1 : NULL;
    for (size_t row = 0; row < parser->count; row++) {
        const struct option_row *option = &parser->rows[row];
        if (strncmp(option->name, name, length) != 0 || option->name[length] != '\0') continue;
        if (option->takes == OPTION_NO_ARGUMENT && value)
            return usage_error(parser, argv[*index], "takes no value");
        if (option->takes == OPTION_ARGUMENT && !value) {
            if (*index + 1 >= argc) return usage_error(parser, argv[*index], "needs a value");
            value = argv[++*index];
        }
        if (!value) value = option->without;
        cleanup_free char *shown = memory_format("--%s", option->name);
        return deliver(parser, row, shown, value);
    }
    return usage_error(parser, argv[*index], "is not an option of this program (see --help)");
}

static bool parse_letters(const struct parser *parser, int argc, char *const *argv, int *index) {
    const char *letters = argv[*index] + 1;
    for (; *letters; letters++) {
        size_t row = 0;
        while (row < parser->count && parser->rows[row].letter != *letters) row++;
        char shown[3] = {'-', *letters, '\0'};
        if (row == parser->count)
            return usage_error(parser, shown, "is not an option of this program (see --help)");
        if (parser->rows[row].takes != OPTION_ARGUMENT) {
            if (!deliver(parser, row, shown, parser->rows[row].without)) return false;
            continue;
        }
        const char *value = letters[1] ? letters + 1 : *index + 1 < argc ? argv[++*index] : NULL;
        if (!value) return usage_error(parser, shown, "needs a value");
        return deliver(parser, row, shown, value);
    }
    return true;
}

bool options_parse(const struct option_row *rows, size_t count, int argc, char *const *argv, int usage_code,
                   option_given *given, void *context, int *operands, struct error **error) {
    struct parser parser = {rows, count, usage_code, given, context, error};
    int index = 1;
    for (; index < argc; index++) {
        if (strcmp(argv[index], "--") == 0) {
            index++;
            break;
        }
        if (argv[index][0] != '-' || argv[index][1] == '\0') break;
        bool parsed = argv[index][1] == '-' ? parse_long(&parser, argc, argv, &index)
                                            : parse_letters(&parser, argc, argv, &index);
        if (!parsed) return false;
    }
    *operands = index < argc ? index : argc;
    return true;
}

char *option_synopsis(const struct option_row *row) {
    struct text out = {0};
    if (row->letter) text_add_format(&out, "-%c, ", row->letter);
    text_add_format(&out, "--%s", row->name);
    if (row->takes == OPTION_ARGUMENT) text_add_format(&out, "=%s", row->argument);
    if (row->takes == OPTION_OPTIONAL_ARGUMENT) text_add_format(&out, "[=%s]", row->argument);
    return text_take(&out);
}

static void print_wrapped(FILE *stream, const char *help, size_t indent, size_t columns) {
    size_t column = indent;
    while (*help) {
        size_t word = strcspn(help, " ");
        if (column > indent && column + 1 + word > columns) {
            fprintf(stream, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', stream);
            column++;
        }
        fwrite(help, 1, word, stream);
        column += word;
        help += word;
        help += strspn(help, " ");
    }
    fputc('\n', stream);
}

void options_print(FILE *stream, const struct option_row *rows, size_t count) {
    enum { INDENT = 34, COLUMNS = 110 };
    for (size_t i = 0; i < count; i++) {
        cleanup_free char *synopsis = option_synopsis(&rows[i]);
        int printed = fprintf(stream, "  %s", synopsis);
        if (printed < INDENT - 1)
            fprintf(stream, "%*s", INDENT - printed, "");
        else
            fprintf(stream, "\n%*s", INDENT, "");
        cleanup_free char *help = rows[i].default_value
                                      ? memory_format("%s (default: %s)", rows[i].help, rows[i].default_value)
                                      : memory_copy(rows[i].help);
        print_wrapped(stream, help, INDENT, COLUMNS);
    }
}
