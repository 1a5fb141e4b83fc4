#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/files.h"
#include "common/memory.h"
#include "gen/version.h"
#include "man/manual.h"

enum { LONGEST_TEMPLATE = 64 * 1024 };

/* As groff_char(7) asks: a bare hyphen may come out as a dash, a dot at the start of a line is a request. */
static void put(FILE *stream, const char *string) {
    if (*string == '.' || *string == '\'') fputs("\\&", stream);
    for (; *string; string++) {
        if (*string == '\\')
            fputs("\\e", stream);
        else if (*string == '-')
            fputs("\\-", stream);
        else
            fputc(*string, stream);
    }
}

static void put_font(FILE *stream, char font, const char *string) {
    fprintf(stream, "\\f%c", font);
    put(stream, string);
    fputs("\\fR", stream);
}

static void put_help(FILE *stream, const struct option_row *row) {
    put(stream, row->help);
    if (row->default_value) {
        fputs(" (default: ", stream);
        put_font(stream, 'B', row->default_value);
        fputc(')', stream);
    }
    fputs(".\n", stream);
}

static void put_flag(FILE *stream, const struct option_row *row) {
    if (row->letter) {
        const char letter[] = {'-', row->letter, '\0'};
        put_font(stream, 'B', letter);
        fputs(", ", stream);
    }
    cleanup_free char *name = memory_format("--%s", row->name);
    put_font(stream, 'B', name);
    if (row->takes == OPTION_NO_ARGUMENT) return;
    fputs(row->takes == OPTION_OPTIONAL_ARGUMENT ? "[=" : "=", stream);
    put_font(stream, 'I', row->argument);
    if (row->takes == OPTION_OPTIONAL_ARGUMENT) fputc(']', stream);
}

static void put_options(FILE *stream) {
    for (size_t i = 0; i < *manual.count; i++) {
        const struct option_row *row = &manual.rows[i];
        fputs(".TP\n", stream);
        put_flag(stream, row);
        fputc('\n', stream);
        put_help(stream, row);
        if (row->repeats) fputs("May be given several times.\n", stream);
        if (!row->key) continue;
        cleanup_free char *key = memory_format("[%s] %s", row->section, row->key);
        fputs("Conf key: ", stream);
        put_font(stream, 'B', key);
        fputs(".\n", stream);
    }
}

static void put_variables(FILE *stream) {
    for (size_t i = 0; i < *manual.count; i++) {
        if (!manual.rows[i].environment) continue;
        fputs(".TP\n", stream);
        put_font(stream, 'B', manual.rows[i].environment);
        fputs("\nThe same as ", stream);
        cleanup_free char *name = memory_format("--%s", manual.rows[i].name);
        put_font(stream, 'B', name);
        fputs(".\n", stream);
    }
}

static void put_section(FILE *stream, const char *section) {
    fprintf(stream, ".SS [%s]\n", section);
    for (size_t i = 0; i < *manual.count; i++) {
        const struct option_row *row = &manual.rows[i];
        if (!text_equal(row->section, section)) continue;
        fputs(".TP\n", stream);
        put_font(stream, 'B', row->key);
        if (row->argument) {
            fputs(" = ", stream);
            put_font(stream, 'I', row->argument);
        }
        fputc('\n', stream);
        put_help(stream, row);
    }
}

static void put_keys(FILE *stream) {
    for (size_t i = 0; i < *manual.count; i++) {
        const char *section = manual.rows[i].section;
        bool seen = section == NULL;
        for (size_t before = 0; before < i && !seen; before++)
            seen = text_equal(manual.rows[before].section, section);
        if (!seen) put_section(stream, section);
    }
}

static void put_verbs(FILE *stream) {
    for (size_t i = 0; i < manual_verb_count(); i++) {
        const char *help, *verb = manual.verb(i, &help);
        fputs(".TP\n", stream);
        put_font(stream, 'B', verb);
        fputc('\n', stream);
        put(stream, help);
        fputs(".\n", stream);
    }
}

static const struct {
    const char *line;
    void (*print)(FILE *stream);
} blocks[] = {
    {"@OPTIONS@", put_options},
    {"@VARIABLES@", put_variables},
    {"@KEYS@", put_keys},
    {"@VERBS@", put_verbs},
};

static void put_line(FILE *stream, const char *line, const char *date) {
    for (size_t i = 0; i < array_length(blocks); i++) {
        if (strcmp(blocks[i].line, line) != 0) continue;
        blocks[i].print(stream);
        return;
    }
    while (*line) {
        if (text_starts(line, "@VERSION@"))
            fputs(APPSIG_VERSION, stream), line += strlen("@VERSION@");
        else if (text_starts(line, "@DATE@"))
            fputs(date, stream), line += strlen("@DATE@");
        else
            fputc(*line++, stream);
    }
    fputc('\n', stream);
}

bool manual_page(FILE *stream, const char *template_path) {
    cleanup_free char *bytes = NULL;
    size_t length = 0;
    int failure = files_read(template_path, LONGEST_TEMPLATE, &bytes, &length);
    if (failure) {
        fprintf(stderr, "'%s' cannot be read: %s\n", template_path, strerror(failure));
        return false;
    }
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    time_t seconds = epoch ? (time_t)strtoll(epoch, NULL, 10) : 0;
    struct tm day;
    char date[sizeof "2000-01-01"];
    gmtime_r(&seconds, &day);
    strftime(date, sizeof date, "%Y-%m-%d", &day);
    for (char *line = bytes; *line;) {
        size_t end = strcspn(line, "\n");
        char *next = line + end + (line[end] == '\n');
        line[end] = '\0';
        put_line(stream, line, date);
        line = next;
    }
    return true;
}
