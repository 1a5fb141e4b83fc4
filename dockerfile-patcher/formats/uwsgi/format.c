#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/hooks.h"
#include "dockerfile-patcher/text/sections.h"

static const char *const endings[] = {".ini", ".xml", ".yaml", ".yml", ".json"};

/* uwsgi.ini, my_uwsgi.ini, uwsgi-prod.ini, and the forms that are refused; any other name by its command. */
static bool recognise(const char *path, const char *base) {
    (void)path;
    if (!strstr(base, "uwsgi")) return false;
    for (size_t i = 0; i < array_length(endings); i++)
        if (text_ends(base, endings[i])) return true;
    return false;
}

static bool scan(struct unit *unit, struct document *document, struct links *links) {
    struct sections *sections = memory_zeroed(1, sizeof *sections);
    (void)links;
    (void)unit;
    sections_scan(sections, &document->source, SECTIONS_UWSGI);
    document->model = sections;
    return true;
}

static void plan(struct unit *unit, struct document *document) {
    if (!document->service) document->service = unit_service(unit, document->shown);
    if (unit->settings->remove)
        uwsgi_remove(unit, document->service, document);
    else if (unit->settings->style == STYLE_SHIM)
        unit_note(unit, document, FINDING_NOT_A_SERVICE, SIZE_MAX, "appsig-exec hooks uWSGI when it starts");
    else if (!hook_is_wanted(unit, document))
        unit_note(unit, document, FINDING_NOT_A_SERVICE, SIZE_MAX, "no start command leads to it");
    else if (!text_ends(document->source.path, ".ini"))
        unit_refuse(
            unit, document, FINDING_UNSUPPORTED, SIZE_MAX,
            "uWSGI's config is edited in INI form only: enable-threads, lazy-apps and the import have to be "
            "put in by hand");
    else
        hook_tell(unit, document, uwsgi_extend(unit, document->service, document, "uwsgi"));
}

/* Every key that no edit touches is there as it was. */
static bool verify(const struct document *document, const struct source *after, char **complaint) {
    const struct sections *before = document->model;
    struct sections now;
    sections_scan(&now, after, SECTIONS_UWSGI);
    size_t at = 0;
    bool good = true;
    for (size_t i = 0; good && i < before->entry_count; i++) {
        const struct section_entry *entry = &before->entries[i];
        bool edited = false;
        for (size_t k = 0; k < document->edits.count; k++)
            edited |= document->edits.items[k].begin < entry->span.end &&
                      document->edits.items[k].end > entry->span.begin - (entry->span.begin > 0);
        if (edited) continue;
        while (at < now.entry_count && (strcmp(now.entries[at].name, entry->name) != 0 ||
                                        strcmp(now.entries[at].value, entry->value) != 0))
            at++;
        good = at++ < now.entry_count;
        if (!good) *complaint = memory_format("'%s' is lost", entry->name);
    }
    sections_free(&now);
    return good;
}

static void release(void *model) {
    sections_free(model);
    free(model);
}

const struct format format_uwsgi = {
    .name = "uwsgi",
    .help = "uWSGI's config in INI form, in style guide",
    .recognise = recognise,
    .scan = scan,
    .plan = plan,
    .verify = verify,
    .release = release,
};
