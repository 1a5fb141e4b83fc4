#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/hooks.h"
#include "dockerfile-patcher/text/sections.h"

static const char why[] = "start the instrumentation in each worker";
static const char why_removed[] = "take out what appsig-patch put in";
static const char sign[] = "# appsig-patch: ";

/* The guide's keys in its order. `repeats`: any of several values may be ours; else the last one counts. */
static const struct key_row {
    const char *name;
    const char *alias; /* implies it */
    const char *value;
    bool repeats;
    const char *question;
} keys[] = {
    {"enable-threads", NULL, "true", false, "ENABLE_THREADS"},
    {"lazy-apps", "lazy", "true", false, "LAZY_APPS"},
    {"import", NULL, HOOK_MODULE ".sitecustomize", true, NULL},
};

static bool is_on(const struct section_entry *entry) {
    return entry->bare || text_has_word("true 1 yes on", entry->value);
}

/* The entry that decides: ours where there is one, else the last; *set tells whether it says what is needed. */
static const struct section_entry *find_key(const struct sections *sections, const char *section,
                                            const struct key_row *row, bool *set) {
    const struct section_entry *entry, *found = NULL;
    *set = false;
    for (size_t at = 0; (entry = sections_next(sections, section, row->name, &at));) {
        bool same = row->repeats ? strcmp(entry->value, row->value) == 0 : is_on(entry);
        *set = same || (row->repeats && *set);
        found = entry;
    }
    for (size_t at = 0; row->alias && !*set && (entry = sections_next(sections, section, row->alias, &at));)
        *set = is_on(entry);
    return found;
}

/* The user has switched it off: never changed without a word. */
static enum hook_state ask_key(struct unit *unit, struct service *service, struct document *document,
                               const struct key_row *row, const struct section_entry *entry) {
    struct question *question;
    cleanup_free char *text = memory_format(
        "%s is '%s' here, and without it uWSGI's workers are not seen: change it (true), or leave it "
        "(false)?",
        row->name, entry->value);
    const char *answer = unit_ask(unit, service, row->question, document, text, &question);
    if (question && question->evidence_count == 0) {
        question_candidate(question, "true");
        question_candidate(question, "false");
        question_evidence(question, &document->source, entry->name_span.begin, entry->value);
    }
    return !answer ? HOOK_OPEN : strcmp(answer, "true") == 0 ? HOOK_READY : HOOK_LEFT;
}

static void change_key(struct service *service, struct document *document, const struct key_row *row,
                       const struct section_entry *entry) {
    cleanup_free char *marker = memory_format("%s%s was %s in the next line", sign, row->name, entry->value);
    edits_insert_before(&document->edits, service, &document->source, entry->span.begin, marker,
                        "say how --remove undoes it");
    edits_add(&document->edits, service, (struct span){entry->map[0], entry->map[entry->length]}, row->value,
              why);
}

/* As the file parts names from values: by its last entry that has both. */
static const char *sign_of(const struct sections *sections, const struct source *source) {
    for (size_t i = sections->entry_count; i-- > 0;) {
        const struct section_entry *entry = &sections->entries[i];
        if (!entry->bare && entry->length) return source->bytes[entry->name_span.end] == '=' ? "=" : " = ";
    }
    return " = ";
}

static bool is_edited_for(const struct document *document, struct service *service) {
    for (size_t i = 0; i < document->edits.count; i++)
        if (service_of(document->edits.items[i].service) == service_of(service)) return true;
    return false;
}

static enum hook_state refuse(struct unit *unit, struct service *service, struct document *document,
                              size_t offset, const char *what) {
    unit_refuse(unit, document, FINDING_UNSUPPORTED, offset, "%s", what);
    service_of(service)->refused = true;
    return HOOK_OPEN;
}

enum hook_state uwsgi_extend(struct unit *unit, struct service *service, struct document *document,
                             const char *name) {
    struct sections *sections = document->model;
    const struct source *source = &document->source;
    const struct section *section = sections_named(sections, name);
    cleanup_text struct text lines = {0};
    size_t count = 0;
    enum hook_state state = HOOK_READY;
    if (strstr(source->bytes, "{{"))
        return refuse(unit, service, document, (size_t)(strstr(source->bytes, "{{") - source->bytes),
                      "a template: patch what it is rendered from");
    if (sections->broken_at != SIZE_MAX)
        return refuse(unit, service, document, sections->broken_at, "a [ without its ]");
    if (!section)
        return refuse(unit, service, document, SIZE_MAX, "the section that uWSGI reads is not there");
    for (size_t i = 0; i < array_length(keys); i++) {
        bool set;
        const struct section_entry *entry = find_key(sections, name, &keys[i], &set);
        if (set || keys[i].repeats || !entry) continue;
        enum hook_state answer = ask_key(unit, service, document, &keys[i], entry);
        if (answer > state) state = answer;
    }
    if (state != HOOK_READY || is_edited_for(document, service)) return state;
    for (size_t i = 0; i < array_length(keys); i++) {
        bool set;
        const struct section_entry *entry = find_key(sections, name, &keys[i], &set);
        if (set) continue;
        if (entry && !keys[i].repeats) {
            change_key(service, document, &keys[i], entry);
            continue;
        }
        text_add_format(&lines, "\n%s%s%s", keys[i].name, sign_of(sections, source), keys[i].value);
        count++;
    }
    if (!count) return state;
    cleanup_free char *all =
        memory_format("%sthe next %zu line%s new%s", sign, count, count > 1 ? "s are" : " is", lines.bytes);
    edits_insert_after(&document->edits, service, source, section->last.end - 1, all, why);
    return state;
}

static const struct section_entry *entry_behind(const struct sections *sections, size_t offset) {
    for (size_t i = 0; i < sections->entry_count; i++)
        if (sections->entries[i].span.begin >= offset) return &sections->entries[i];
    return NULL;
}

/* "lazy-apps was false in the next line" */
static void undo_change(struct service *service, struct document *document, const char *marker,
                        size_t offset) {
    static const char was[] = " was ", end[] = " in the next line";
    const struct section_entry *entry = entry_behind(document->model, offset);
    const char *old = strstr(marker, was), *last = old ? strstr(old, end) : NULL;
    if (!entry || !last || strncmp(marker, entry->name, strlen(entry->name)) != 0) return;
    old += sizeof was - 1;
    cleanup_free char *value = memory_copy_bytes(old, (size_t)(last - old));
    edits_add(&document->edits, service, (struct span){entry->map[0], entry->map[entry->length]}, value,
              why_removed);
}

void uwsgi_remove(struct unit *unit, struct service *service, struct document *document) {
    const struct source *source = &document->source;
    const struct sections *sections = document->model;
    if (is_edited_for(document, service)) return;
    for (size_t at = source->begin; at < source->length;) {
        struct span indent;
        size_t begin = at;
        source_indent(source, at, &indent);
        at = source_line_end(source, at);
        const char *text = source->bytes + indent.end;
        if (strncmp(text, sign, sizeof sign - 1) != 0) continue;
        const char *marker = text + sizeof sign - 1;
        size_t lines = text_starts(marker, "the next ") ? strtoul(marker + 9, NULL, 10) : 0;
        if (!lines) undo_change(service, document, marker, at);
        while (lines-- > 0 && at < source->length) at = source_line_end(source, at);
        edits_remove_lines(&document->edits, service, source, (struct span){begin, at}, why_removed);
    }
    bool set, only = sections->entry_count == array_length(keys);
    for (size_t i = 0; i < array_length(keys) && only; i++)
        only = find_key(sections, "uwsgi", &keys[i], &set) && set;
    if (only && !document->edits.count)
        unit_note(unit, document, FINDING_HINT, SIZE_MAX, "'%s' holds the hook only and may be deleted",
                  document->shown);
}
