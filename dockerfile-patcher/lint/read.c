#include "dockerfile-patcher/lint/read.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/files.h"
#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/engine/walk.h"
#include "dockerfile-patcher/script/docker_run.h"
#include "dockerfile-patcher/text/find.h"

static bool is_json(const char *path, const char *base) {
    (void)path;
    return text_ends(base, ".json") && !text_starts(base, "package") && !text_starts(base, "tsconfig");
}

static bool has_agent_or_policy(const struct source *source) {
    static const char *const words[] = {"\"traces_collected\"", "\"metrics_collected\"", "xray:Put"};
    for (size_t i = 0; i < array_length(words); i++)
        if (find_text(source->bytes, source->length, words[i])) return true;
    return false;
}

static bool is_requirements(const char *path, const char *base) {
    static const char names[] = "poetry.lock uv.lock pdm.lock Pipfile.lock pyproject.toml";
    (void)path;
    return text_has_word(names, base) || (text_starts(base, "requirements") && text_ends(base, ".txt"));
}

/* More scripts than are patched: what starts an app on the machine itself counts as well. */
static bool has_start(const struct source *source) {
    static const char *const words[] = {"opentelemetry", "OTEL_", "appsig-exec", "amazon-cloudwatch-agent"};
    const char *bytes = source->bytes + source->begin;
    size_t length = source->length - source->begin;
    bool shell = text_ends(source->path, "sh") ||
                 (text_starts(bytes, "#!") && find_bytes(bytes, strcspn(bytes, "\n"), "sh", 2));
    for (size_t i = 0; shell && i < array_length(words); i++)
        if (find_text(bytes, length, words[i])) return true;
    return shell && docker_run_mentioned(bytes, length);
}

static bool is_cloud_init(const struct source *source) {
    static const char *const begins[] = {"#cloud-config", "Content-Type: multipart/", "MIME-Version:"};
    for (size_t i = 0; i < array_length(begins); i++)
        if (text_starts(source->bytes + source->begin, begins[i])) return true;
    return false;
}

/* A kind of file; the first row that takes the name and the bytes reads it. */
static const struct kind_row {
    const struct format *format; /* NULL: `recognise` tells */
    bool (*recognise)(const char *path, const char *base);
    bool (*confirm)(const struct source *source); /* NULL: the format's, if it has one */
    void (*read)(struct reader *reader);
} kinds[] = {
    {&format_terraform, NULL, NULL, read_terraform},
    {&format_cdk, NULL, NULL, read_cdk},
    {&format_cloudformation, NULL, cloudformation_has_facts, read_cloudformation},
    {&format_systemd, NULL, NULL, read_systemd},
    {&format_compose, NULL, NULL, read_compose},
    {&format_userdata, NULL, is_cloud_init, read_cloud_init},
    {&format_userdata, NULL, has_start, read_shell},
    {&format_shell, NULL, has_start, read_shell},
    {&format_dockerfile, NULL, NULL, read_dockerfile},
    {NULL, is_json, has_agent_or_policy, read_json},
    {NULL, is_requirements, NULL, read_requirements},
};

static bool takes(const struct kind_row *kind, const char *path) {
    const char *base = text_base_name(path);
    return kind->format ? kind->format->recognise(path, base) : kind->recognise(path, base);
}

static bool confirms(const struct kind_row *kind, const struct source *source) {
    bool (*confirm)(const struct source *) = kind->confirm  ? kind->confirm
                                             : kind->format ? kind->format->confirm
                                                            : NULL;
    return !confirm || confirm(source);
}

struct gathering {
    struct settings *settings;
    const char *root;
    struct facts *facts;
    struct strings paths;
};

static void add_path(const char *path, const char *base, void *context) {
    struct gathering *gathering = context;
    const struct strings *only = &gathering->settings->only;
    (void)base;
    for (size_t i = 0; i < array_length(kinds); i++) {
        const char *name = kinds[i].format ? kinds[i].format->name : "";
        if (only->count && !strings_contain(only, name)) continue;
        if (!takes(&kinds[i], path)) continue;
        strings_add(&gathering->paths, path);
        return;
    }
}

static void add_unread(struct facts *facts, const char *shown, const struct place *place,
                       const char *reason) {
    facts->unread = arena_grow(&facts->arena, facts->unread, facts->unread_count, sizeof *facts->unread);
    facts->unread[facts->unread_count++] = (struct fact_unread){
        facts_text(facts, reason), {facts_text(facts, shown), *place, place->column, false}};
}

static void add_unreadable(const char *path, const char *reason, void *context) {
    struct gathering *gathering = context;
    struct unit unit = {.root = gathering->root};
    cleanup_free char *text = memory_format("the directory cannot be read: %s", reason);
    add_unread(gathering->facts, unit_shown(&unit, path), &(struct place){0}, text);
}

/* The row that reads the file, and *document; NULL where none does. */
static const struct kind_row *load(struct unit *unit, struct facts *facts, const char *path,
                                   struct document **document) {
    struct source source;
    cleanup_free char *detail = NULL;
    enum source_state state = source_read(&source, path, &detail);
    const struct kind_row *found = NULL;
    for (size_t i = 0; i < array_length(kinds) && state == SOURCE_READ && !found; i++)
        if (takes(&kinds[i], path) && confirms(&kinds[i], &source)) found = &kinds[i];
    if (found) {
        *document = unit_add_source(unit, &source, found->format, NULL);
        return found;
    }
    /* What every repository has many of is no file of ours by its name alone. */
    bool alone;
    const struct format *format = format_of_path(path, text_base_name(path), NULL, &alone);
    if (state != SOURCE_READ && format && !format->confirm) {
        cleanup_free char *reason = memory_format("%s%s%s", finding_rows[finding_of_state(state)].meaning,
                                                  detail ? ": " : "", detail ? detail : "");
        add_unread(facts, unit_shown(unit, path), &(struct place){0}, reason);
    }
    source_free(&source);
    return NULL;
}

static void take_refusals(struct unit *unit, struct facts *facts) {
    for (size_t i = 0; i < unit->findings.count; i++) {
        const struct finding *finding = &unit->findings.items[i];
        if (finding_rows[finding->id].severity != SEVERITY_ERROR) continue;
        add_unread(facts, unit_shown(unit, finding->path), &finding->place, finding->message);
    }
}

/* The files of one directory are read side by side: a compose file is laid over another, the .tf files are one module. */
static void read_directory(struct gathering *gathering, size_t first, size_t end) {
    struct unit unit = {.settings = gathering->settings, .root = gathering->root};
    const struct kind_row **rows = memory_zeroed(end - first, sizeof(struct kind_row *));
    struct document **documents = memory_zeroed(end - first, sizeof(struct document *));
    for (size_t i = first; i < end; i++)
        rows[i - first] = load(&unit, gathering->facts, gathering->paths.items[i], &documents[i - first]);
    take_refusals(&unit, gathering->facts);
    for (size_t i = 0; i < end - first; i++) {
        struct reader reader = {gathering->facts, &unit, documents[i]};
        /* What the scan has refused or told to be left alone is marked as planned. */
        if (rows[i] && !documents[i]->planned) rows[i]->read(&reader);
    }
    free(rows);
    free(documents);
    unit_free(&unit);
}

static bool same_directory(const char *one, const char *other) {
    size_t length = (size_t)(text_base_name(one) - one);
    return length == (size_t)(text_base_name(other) - other) && strncmp(one, other, length) == 0;
}

static int by_directory(const void *one, const void *other) {
    const char *first = *(char *const *)one, *second = *(char *const *)other;
    cleanup_free char *above = text_directory(first), *beside = text_directory(second);
    int order = strcmp(above, beside);
    return order ? order : strcmp(first, second);
}

bool lint_gather(struct settings *settings, const char *root, struct facts *facts, struct error **error) {
    bool directory = files_is_directory(root);
    cleanup_free char *above = text_directory(root);
    struct gathering gathering = {settings, directory ? root : above, facts, {0}};
    bool walked = true;
    if (directory)
        walked = walk_tree(root, &settings->exclude, add_path, add_unreadable, &gathering, error);
    else if (files_exists(root))
        add_path(root, text_base_name(root), &gathering);
    else
        walked = error_set(error, EXIT_USAGE, "'%s' does not exist", root);
    if (gathering.paths.count)
        qsort(gathering.paths.items, gathering.paths.count, sizeof *gathering.paths.items, by_directory);
    for (size_t i = 0, end; i < gathering.paths.count; i = end) {
        for (end = i + 1; end < gathering.paths.count; end++)
            if (!same_directory(gathering.paths.items[end], gathering.paths.items[i])) break;
        read_directory(&gathering, i, end);
    }
    strings_free(&gathering.paths);
    facts_link(facts);
    return walked;
}
