#include <dirent.h>
#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/engine/format.h"
#include "dockerfile-patcher/formats/systemd/unit_file.h"

static const char *const templates[] = {".service.in",   ".service.j2",       ".service.jinja2",
                                        ".service.tmpl", ".service.template", ".service.erb"};

static bool is_drop_in(const char *path, const char *base) {
    static const char folder[] = ".service.d/";
    size_t length = sizeof folder - 1;
    return text_ends(base, ".conf") && (size_t)(base - path) > length &&
           strncmp(base - length, folder, length) == 0;
}

static bool recognise(const char *path, const char *base) {
    if (text_ends(base, ".service")) return true;
    if (text_ends_in(base, templates, array_length(templates))) return true;
    return is_drop_in(path, base);
}

/* The unit and its drop-ins are planned together, as one may replace what the other starts. */
static void add_links(const struct document *document, struct links *links) {
    const char *path = document->source.path, *base = text_base_name(path);
    if (!links) return;
    if (is_drop_in(path, base)) {
        cleanup_free char *unit = memory_copy_bytes(path, (size_t)(base - path) - strlen(".d/"));
        links_add(links, unit);
        return;
    }
    cleanup_free char *folder = memory_format("%s.d", path);
    DIR *stream = opendir(folder);
    if (!stream) return;
    for (struct dirent *entry; (entry = readdir(stream));) {
        cleanup_free char *child = text_join_path(folder, entry->d_name);
        if (is_drop_in(child, text_base_name(child))) links_add(links, child);
    }
    closedir(stream);
}

static bool is_template(const struct source *source, size_t *offset) {
    static const char *const marks[] = {"{{", "{%", "<%="};
    *offset = source->begin;
    for (size_t i = 0; i < array_length(templates); i++)
        if (text_ends(source->path, templates[i])) return true;
    for (size_t i = 0; i < array_length(marks); i++) {
        const char *mark = strstr(source->bytes, marks[i]);
        if (!mark) continue;
        *offset = (size_t)(mark - source->bytes);
        return true;
    }
    return false;
}

static bool scan(struct unit *unit, struct document *document, struct links *links) {
    struct unit_file *file = memory_zeroed(1, sizeof *file);
    size_t offset;
    document->model = file;
    sections_scan(&file->sections, &document->source, SECTIONS_SYSTEMD);
    exec_commands_of(&file->sections, "ExecStart", &file->commands);
    if (is_template(&document->source, &offset)) {
        unit_refuse(unit, document, FINDING_TEMPLATE, offset, "a template: patch what it is rendered from");
        return false;
    }
    if (!sections_named(&file->sections, "Service")) {
        unit_note(unit, document, FINDING_NOT_A_SERVICE, SIZE_MAX, "no [Service] section");
        return false;
    }
    add_links(document, links);
    return true;
}

/* The words of every ExecStart= that no edit touches are what they were. */
static bool verify(const struct document *document, const struct source *after, char **complaint) {
    const struct unit_file *before = document->model;
    struct sections sections;
    sections_scan(&sections, after, SECTIONS_SYSTEMD);
    size_t at = 0;
    bool good = true;
    for (size_t i = 0; good && i < before->sections.entry_count; i++) {
        const struct section_entry *entry = &before->sections.entries[i];
        bool edited = false;
        for (size_t k = 0; k < document->edits.count; k++)
            edited |= document->edits.items[k].begin < entry->span.end &&
                      document->edits.items[k].end > entry->span.begin - (entry->span.begin > 0);
        if (edited) continue;
        while (at < sections.entry_count && (strcmp(sections.entries[at].name, entry->name) != 0 ||
                                             strcmp(sections.entries[at].value, entry->value) != 0))
            at++;
        good = at++ < sections.entry_count;
        if (!good) *complaint = memory_format("'%s=' is lost", entry->name);
    }
    sections_free(&sections);
    return good;
}

static void release(void *model) {
    struct unit_file *file = model;
    sections_free(&file->sections);
    free(file);
}

const struct format format_systemd = {
    .name = "systemd",
    .help = "systemd service units and their drop-ins",
    .recognise = recognise,
    .scan = scan,
    .plan = systemd_plan,
    .verify = verify,
    .release = release,
};
