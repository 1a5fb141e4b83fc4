#include "shim/conf.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <iniparser/iniparser.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/files.h"
#include "common/memory.h"

enum { LONGEST_FILE = 64 * 1024, LONGEST_LINE = 1000 };

/* iniparser prints its syntax errors; ours are told by the line index, which knows the line. */
__attribute__((format(printf, 1, 2))) static int stay_silent(const char *format, ...) {
    (void)format;
    return 0;
}

static char *trimmed(const char *begin, const char *end) {
    while (begin < end && isspace((unsigned char)*begin)) begin++;
    while (end > begin && isspace((unsigned char)end[-1])) end--;
    return memory_copy_bytes(begin, (size_t)(end - begin));
}

static void to_case(char *string, int (*change)(int)) {
    for (; *string; string++) *string = (char)change((unsigned char)*string);
}

static void add_entry(struct conf *conf, const char *section, char *key, int line) {
    conf->entries = memory_resize(conf->entries, (conf->count + 1) * sizeof *conf->entries);
    conf->entries[conf->count++] = (struct conf_entry){memory_copy(section), key, NULL, line};
}

/* One line of the index. False for a line that iniparser would choke on. */
static bool index_line(struct conf *conf, char **section, const char *begin, const char *end, int line) {
    cleanup_free char *text = trimmed(begin, end);
    if (*text == '\0' || *text == '#' || *text == ';') return true;
    size_t length = strlen(text);
    if (length > LONGEST_LINE) return false;
    if (*text == '[') {
        const char *bracket = strchr(text, ']');
        if (!bracket) return false;
        free(*section);
        *section = trimmed(text + 1, bracket);
        to_case(*section, tolower);
        return true;
    }
    const char *equals = strchr(text, '=');
    if (!equals || equals == text) return false;
    char *key = trimmed(text, equals);
    to_case(key, tolower);
    add_entry(conf, *section, key, line);
    return true;
}

/* Fills the index; true where every line could be read. */
static bool index_lines(struct conf *conf, const char *bytes, struct strings *complaints) {
    cleanup_free char *section = memory_copy("");
    bool sound = true;
    int line = 1;
    for (const char *at = bytes; *at; line++) {
        const char *end = at + strcspn(at, "\n");
        if (!index_line(conf, &section, at, end, line)) {
            cleanup_free char *bad = memory_copy_bytes(at, (size_t)(end - at));
            cleanup_free char *printable = text_printable(bad, 60);
            strings_add_owned(complaints,
                              memory_format("%s:%d: '%s' is neither [section] nor key = value (up to %d "
                                            "bytes), the whole file is ignored",
                                            conf->path, line, printable, LONGEST_LINE));
            sound = false;
        }
        at = *end ? end + 1 : end;
    }
    return sound;
}

static void drop_entry(struct conf *conf, size_t index) {
    struct conf_entry *entry = &conf->entries[index];
    free(entry->section);
    free(entry->key);
    free(entry->value);
    memmove(entry, entry + 1, (--conf->count - index) * sizeof *entry);
}

static void take_values(struct conf *conf, const dictionary *values) {
    for (size_t i = conf->count; i-- > 0;) {
        struct conf_entry *entry = &conf->entries[i];
        cleanup_free char *name = memory_format("%s:%s", entry->section, entry->key);
        const char *value = iniparser_getstring(values, name, NULL);
        if (!value) {
            drop_entry(conf, i);
            continue;
        }
        entry->value = memory_copy(value);
        if (strcmp(entry->section, "env") == 0) to_case(entry->key, toupper);
    }
}

void conf_read(const char *path, bool asked_for, struct conf *conf, struct strings *complaints) {
    *conf = (struct conf){.path = memory_copy(path)};
    cleanup_free char *bytes = NULL;
    size_t length = 0;
    int failure = files_read(path, LONGEST_FILE, &bytes, &length);
    if (failure) {
        if (asked_for || failure != ENOENT)
            strings_add_owned(
                complaints, memory_format("%s:0: the conf file cannot be read (%s), going on without it",
                                          path, failure == EFBIG ? "larger than 64 kB" : strerror(failure)));
        return;
    }
    if (strlen(bytes) != length) {
        strings_add_owned(complaints,
                          memory_format("%s:1: the conf file is not text, going on without it", path));
        return;
    }
    bool sound = index_lines(conf, bytes, complaints);
    dictionary *values = NULL;
    if (sound) {
        iniparser_set_error_callback(stay_silent);
        values = iniparser_load(path);
        iniparser_set_error_callback(NULL);
        if (!values)
            strings_add_owned(
                complaints,
                memory_format("%s:1: the conf file has a syntax error, going on without it", path));
    }
    if (values) {
        take_values(conf, values);
        iniparser_freedict(values);
    } else {
        while (conf->count) drop_entry(conf, conf->count - 1);
    }
}

void conf_free(struct conf *conf) {
    while (conf->count) drop_entry(conf, conf->count - 1);
    free(conf->entries);
    free(conf->path);
    *conf = (struct conf){0};
}

const struct conf_entry *conf_find(const struct conf *conf, const char *section, const char *key) {
    for (size_t i = 0; i < conf->count; i++)
        if (strcmp(conf->entries[i].section, section) == 0 && strcmp(conf->entries[i].key, key) == 0)
            return &conf->entries[i];
    return NULL;
}
