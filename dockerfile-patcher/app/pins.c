#include "dockerfile-patcher/app/pins.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"

const struct adot_need adot_needs[] = {
    {"protobuf", "=6.33.5"},
    {"cachetools", "=6.2.4"},
    {"pyyaml", "=6.0.3"},
    {"urllib3", ">2.7.0"},
    {"python-dateutil", ">2.7.0"},
    {"typing-extensions", ">4.12.0"},
    {"grpcio", ">1.63.2"},
    {"googleapis-common-protos", ">1.57.0"},
    {"requests", ">2.7.0"},
    {"packaging", ">18.0"},
    {"wrapt", ">1.0.0"},
    {"opentelemetry-api", "=1.44.0"},
    {"opentelemetry-sdk", "=1.44.0"},
    {"opentelemetry-proto", "=1.44.0"},
    {"opentelemetry-instrumentation", "=0.65b0"},
    {"opentelemetry-semantic-conventions", "=0.65b0"},
    {"opentelemetry-distro", "=0.65b0"},
};
const size_t adot_need_count = array_length(adot_needs);

int version_compare(const char *one, const char *other) {
    for (;;) {
        char *one_end, *other_end;
        unsigned long first = strtoul(one, &one_end, 10), second = strtoul(other, &other_end, 10);
        if (first != second) return first < second ? -1 : 1;
        if (*one_end != '.' && *other_end != '.') {
            bool one_early = *one_end && strchr("abr-", *one_end),
                 other_early = *other_end && strchr("abr-", *other_end);
            return one_early == other_early ? 0 : one_early ? -1 : 1;
        }
        one = *one_end == '.' ? one_end + 1 : "0";
        other = *other_end == '.' ? other_end + 1 : "0";
    }
}

/* ~=1.4.2 is >=1.4.2, ==1.4.* */
static bool in_series(const char *version, const char *wanted, bool drop_last) {
    cleanup_free char *series = memory_copy(wanted);
    char *end = drop_last ? strrchr(series, '.') : strstr(series, ".*");
    if (end) *end = '\0';
    size_t length = strlen(series);
    return strncmp(version, series, length) == 0 && (version[length] == '.' || version[length] == '\0');
}

static bool satisfies_one(const char *version, const char *clause) {
    size_t sign = strspn(clause, "=<>!~");
    const char *wanted = clause + sign + strspn(clause + sign, " ");
    if (sign == 0 || *wanted < '0' || *wanted > '9') return true;
    int order = version_compare(version, wanted);
    bool star = strstr(wanted, ".*") != NULL;
    if (clause[0] == '~') return order >= 0 && in_series(version, wanted, true);
    if (clause[0] == '!') return star ? !in_series(version, wanted, false) : order != 0;
    if (clause[0] == '=') return star ? in_series(version, wanted, false) : order == 0;
    if (clause[0] == '<') return sign > 1 ? order <= 0 : order < 0;
    return sign > 1 ? order >= 0 : order > 0;
}

bool version_satisfies(const char *version, const char *specifiers) {
    for (const char *at = specifiers; *at;) {
        at += strspn(at, " ,()");
        size_t length = strcspn(at, ",)");
        cleanup_free char *clause = memory_copy_bytes(at, length);
        for (size_t end = strlen(clause); end && clause[end - 1] == ' '; end--) clause[end - 1] = '\0';
        if (*clause && !satisfies_one(version, clause)) return false;
        at += length;
    }
    return true;
}

static const struct adot_need *need_of(const char *name, size_t length) {
    char normal[64];
    if (length == 0 || length >= sizeof normal) return NULL;
    for (size_t i = 0; i < length; i++) {
        char c = name[i];
        normal[i] = c == '_' || c == '.' ? '-' : c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
    }
    normal[length] = '\0';
    for (size_t i = 0; i < adot_need_count; i++)
        if (strcmp(adot_needs[i].package, normal) == 0) return &adot_needs[i];
    return NULL;
}

/* An exact need has to fit the app's specifiers; a least version has to be reached by the app's own pin. */
static bool conflicts(const struct adot_need *need, const char *specifiers) {
    const char *version = need->version + 1;
    if (need->version[0] == '=') return !version_satisfies(version, specifiers);
    const char *exact = strstr(specifiers, "==");
    if (exact && !strstr(exact, ".*"))
        return version_compare(exact + 2 + strspn(exact + 2, "= "), version) < 0;
    const char *most = strchr(specifiers, '<');
    if (!most) return false;
    const char *bound = most + 1 + strspn(most + 1, "= ");
    int order = version_compare(bound, version);
    return order < 0 || (order == 0 && most[1] != '=');
}

struct reader {
    const struct source *source;
    void (*found)(const struct pin *pin, void *context);
    void *context;
};

static void consider(const struct reader *reader, const char *name, size_t length, const char *specifiers,
                     size_t offset) {
    const struct adot_need *need = need_of(name, length);
    if (!need || !conflicts(need, specifiers)) return;
    struct pin pin = {.need = need, .offset = offset};
    snprintf(pin.wanted, sizeof pin.wanted, "%s", specifiers);
    reader->found(&pin, reader->context);
}

static const char name_bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

/* `name[extras] specifiers ; marker` - of requirements, and between quotes of pyproject's dependency lists. */
static void read_requirement(const struct reader *reader, const char *at, const char *end) {
    cleanup_free char *line = memory_copy_bytes(at, (size_t)(end - at));
    size_t name = strspn(line, name_bytes);
    size_t next = name;
    if (line[next] == '[') next += strcspn(line + next, "]") + 1;
    if (next > strlen(line)) return;
    next += strspn(line + next, " (");
    if (!line[next] || !strchr("=<>!~", line[next])) return;
    char *specifiers = line + next;
    specifiers[strcspn(specifiers, ";#\\@")] = '\0';
    char *option = strstr(specifiers, " --");
    if (option) *option = '\0';
    for (size_t length = strlen(specifiers); length && strchr(" \r\t)", specifiers[length - 1]);)
        specifiers[--length] = '\0';
    consider(reader, line, name, specifiers, (size_t)(at - reader->source->bytes));
}

/* [[package]] / name = "x" / version = "1": poetry, uv and pdm write alike. */
static void read_toml_line(const struct reader *reader, const char *at, const char *end, char name[64]) {
    cleanup_free char *line = memory_copy_bytes(at, (size_t)(end - at));
    char value[64];
    if (sscanf(line, "name = \"%63[^\"]\"", value) == 1) snprintf(name, 64, "%s", value);
    if (sscanf(line, "version = \"%63[^\"]\"", value) != 1 || !*name) return;
    cleanup_free char *specifiers = memory_format("==%s", value);
    consider(reader, name, strlen(name), specifiers, (size_t)(at - reader->source->bytes));
    *name = '\0';
}

/* "x": { … "version": "==1" } of Pipfile.lock, a line each. */
static void read_pipfile_line(const struct reader *reader, const char *at, const char *end, char name[64]) {
    cleanup_free char *line = memory_copy_bytes(at, (size_t)(end - at));
    char value[64];
    const char *text = line + strspn(line, " \t");
    if (sscanf(text, "\"version\": \"%63[^\"]\"", value) == 1 && *name)
        consider(reader, name, strlen(name), value, (size_t)(at - reader->source->bytes));
    else if (sscanf(text, "\"%63[^\"]\": {", value) == 1)
        snprintf(name, 64, "%s", value);
}

/* Dependency lists hold quoted requirements; poetry's tables hold name = "specifiers", where ^ and a bare version are
 * ranges of poetry's own, which its lock file resolves. */
static void read_pyproject_line(const struct reader *reader, const char *at, const char *end) {
    at += strspn(at, " \t");
    if (at >= end || (*at != '"' && *at != '\'')) return;
    const char *close = memchr(at + 1, *at, (size_t)(end - at - 1));
    if (close) read_requirement(reader, at + 1, close);
}

void pins_of(const struct source *source, void (*found)(const struct pin *pin, void *context),
             void *context) {
    struct reader reader = {source, found, context};
    const char *base = text_base_name(source->path);
    bool toml = text_ends(base, ".lock") && strcmp(base, "Pipfile.lock") != 0;
    char name[64] = "";
    for (size_t at = source->begin; at < source->length;) {
        size_t next = source_line_end(source, at);
        const char *begin = source->bytes + at;
        const char *end = source->bytes + next - (source->bytes[next - 1] == '\n');
        if (toml)
            read_toml_line(&reader, begin, end, name);
        else if (strcmp(base, "Pipfile.lock") == 0)
            read_pipfile_line(&reader, begin, end, name);
        else if (text_ends(base, ".toml"))
            read_pyproject_line(&reader, begin, end);
        else
            read_requirement(&reader, begin + strspn(begin, " \t"), end);
        at = next;
    }
}
