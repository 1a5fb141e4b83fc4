#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/systemd/unit_file.h"

static const char why_start[] = "start the app through the launcher";
static const char why_environment[] = "set the variables of Application Signals";
static const char why_agent[] = "start behind the CloudWatch agent";

static void change(struct unit_planner *planner, size_t begin, size_t end, const char *text) {
    edits_add(&planner->changes, planner->service, (struct span){begin, end}, text, why_start);
}

/* `@` gives the program another argv[0]: that stays with the launcher, which stands in its place. */
static void change_named(struct unit_planner *planner, const struct start_place *place,
                         const char *launcher) {
    const struct exec_command *command = place->command;
    const struct exec_word *program = command->places[0], *zeroth = command->zeroth;
    const struct source *source = &planner->document->source;
    size_t length = strcspn(launcher, " ");
    cleanup_free char *name = memory_copy_bytes(launcher, length);
    cleanup_free char *rest = memory_copy_bytes(launcher + length, strlen(launcher) - length - 1);
    cleanup_free char *behind = memory_format("%s %.*s", rest, (int)(program->span.end - command->begin),
                                              source->bytes + command->begin);
    change(planner, command->begin, program->span.end, name);
    change(planner, zeroth->span.end, zeroth->span.end, behind);
}

static void change_start(struct unit_planner *planner, const struct start_place *place) {
    cleanup_free char *launcher = unit_launcher(planner, place);
    if (place->document != planner->document)
        edits_add(&place->document->edits, planner->service, (struct span){place->at, place->at}, launcher,
                  why_start);
    else if (place->program && place->command->zeroth)
        change_named(planner, place, launcher);
    else
        change(planner, place->at, place->at, launcher);
}

static void add_marker(struct text *markers, const char *what) {
    text_add_format(markers, "# appsig-patch: %s in the next line\n", what);
}

/* What opentelemetry-instrument and Django's reloader ask of the command itself (guide, steps 6 and 8A). */
static void adapt_options(struct unit_planner *planner, const struct start_place *place,
                          struct text *markers) {
    const char *server = place->launch.server;
    if (planner->unit->settings->style != STYLE_GUIDE || !server || place->entry.words) return;
    bool noreload = strcmp(server, "runserver") != 0;
    cleanup_free char *option = place->option ? memory_format("%s is new", place->option) : NULL;
    if (option) add_marker(markers, option);
    for (size_t i = place->launch.command; i < place->count; i++) {
        const char *word = place->words[i];
        struct span span = place->command->places[i]->span;
        noreload |= strcmp(word, "--noreload") == 0;
        if (strcmp(server, "gunicorn") != 0 || !text_starts(word, "--config")) continue;
        if (word[8] != '\0' && word[8] != '=') continue;
        add_marker(markers, word[8] ? "-c was --config=" : "-c was --config");
        change(planner, span.begin, span.begin + 8 + (word[8] == '='), word[8] ? "-c " : "-c");
    }
    if (noreload) return;
    add_marker(markers, "--noreload is new");
    size_t end = place->command->places[place->count - 1]->span.end;
    change(planner, end, end, " --noreload");
}

/* How the unit writes its assignments: "=", or with blanks. */
static const char *sign_of(const struct unit_planner *planner, const struct section_entry *entry) {
    size_t at = entry->name_span.end;
    const char *bytes = planner->document->source.bytes;
    return bytes[at] == ' ' ? " = " : "=";
}

static bool orders(const struct unit_planner *planner, const char *first, const char *second,
                   const char *third) {
    const char *const names[] = {first, second, third};
    for (size_t i = 0; i < array_length(names); i++) {
        const struct section_entry *entry;
        for (size_t at = 0;
             names[i] && (entry = sections_next(&planner->file->sections, "Unit", names[i], &at));)
            if (strstr(entry->value, SYSTEMD_AGENT)) return true;
    }
    return false;
}

/* "Wants" and "After" of the agent, as far as they are missing; *count lines. Owned by the caller. */
static char *agent_lines(const struct unit_planner *planner, const char *sign, size_t *count) {
    struct text out = {0};
    bool wants = orders(planner, "Wants", "Requires", "BindsTo"),
         after = orders(planner, "After", NULL, NULL);
    text_add(&out, "");
    if (!wants) text_add_format(&out, "Wants%s" SYSTEMD_AGENT "\n", sign);
    if (!after) text_add_format(&out, "After%s" SYSTEMD_AGENT "\n", sign);
    *count = (size_t)!wants + !after;
    return text_take(&out);
}

static size_t count_lines(const char *lines) {
    size_t count = 0;
    for (; *lines; lines++) count += *lines == '\n';
    return count;
}

/* Indented as the line at `offset`, under a marker that counts them; without the last newline. Owned by the caller. */
static char *as_block(const struct unit_planner *planner, size_t offset, const char *lines, bool counted) {
    struct text out = {0};
    struct span indent;
    const struct source *source = &planner->document->source;
    size_t count = count_lines(lines);
    source_indent(source, offset, &indent);
    cleanup_free char *all = counted ? memory_format("# appsig-patch: the next %zu line%s new\n%s", count,
                                                     count > 1 ? "s are" : " is", lines)
                                     : memory_copy(lines);
    for (const char *at = all; *at;) {
        size_t length = strcspn(at, "\n");
        if (length) text_add_bytes(&out, source->bytes + indent.begin, indent.end - indent.begin);
        text_add_bytes(&out, at, length);
        at += length;
        if (*at++ && *at) text_add_char(&out, '\n');
    }
    return text_take(&out);
}

static void order_behind_agent(struct unit_planner *planner, const char *sign) {
    struct document *document = planner->document;
    const struct source *source = &document->source;
    const struct section *section = sections_named(&planner->file->sections, "Unit");
    size_t count;
    cleanup_free char *lines = agent_lines(planner, sign, &count);
    if (count == 0) return;
    if (section) {
        cleanup_free char *block = as_block(planner, section->last.begin, lines, true);
        edits_insert_after(&document->edits, planner->service, source, section->last.end - 1, block,
                           why_agent);
        return;
    }
    cleanup_free char *all =
        memory_format("# appsig-patch: the next %zu lines are new\n[Unit]\n%s", count + 2, lines);
    edits_insert_before(&document->edits, planner->service, source, source->begin, all, why_agent);
}

void unit_write_in_place(struct unit_planner *planner) {
    struct document *document = planner->document;
    const struct section_entry *first = NULL;
    const char *sign = sign_of(planner, planner->places[0].command->entry);
    for (size_t i = 0; i < planner->place_count; i++) {
        const struct start_place *place = &planner->places[i];
        cleanup_text struct text markers = {0};
        change_start(planner, place);
        adapt_options(planner, place, &markers);
        if (!first) {
            first = place->command->entry;
            cleanup_free char *lines = unit_environment_lines(planner, sign);
            if (*lines) {
                cleanup_free char *block = as_block(planner, first->span.begin, lines, true);
                edits_insert_before(&document->edits, planner->service, &document->source, first->span.begin,
                                    block, why_environment);
            }
        }
        if (!markers.length) continue;
        size_t begin = place->command->entry->span.begin;
        cleanup_free char *block = as_block(planner, begin, markers.bytes, false);
        edits_insert_before(&document->edits, planner->service, &document->source, begin, block,
                            "say how --remove undoes it");
    }
    order_behind_agent(planner, sign);
    for (size_t i = 0; i < planner->changes.count; i++) {
        const struct edit *edit = &planner->changes.items[i];
        edits_add(&document->edits, planner->service, (struct span){edit->begin, edit->end}, edit->text,
                  edit->why);
    }
}

/* An ExecStart= with the changes put in; newlines become the drop-in's own. */
static void restate(const struct unit_planner *planner, const struct section_entry *entry, struct text *out) {
    const struct source *source = &planner->document->source;
    size_t at = entry->name_span.begin;
    cleanup_text struct text raw = {0};
    for (size_t i = 0; i < planner->changes.count; i++) {
        const struct edit *edit = &planner->changes.items[i];
        if (edit->begin < entry->span.begin || edit->end > entry->span.end) continue;
        text_add_bytes(&raw, source->bytes + at, edit->begin - at);
        text_add(&raw, edit->text);
        at = edit->end;
    }
    text_add_bytes(&raw, source->bytes + at, entry->span.end - at);
    for (size_t i = 0; i < raw.length; i++)
        if (raw.bytes[i] != '\r') text_add_char(out, raw.bytes[i]);
    if (out->bytes[out->length - 1] != '\n') text_add_char(out, '\n');
}

void unit_write_drop_in(struct unit_planner *planner) {
    cleanup_text struct text out = {0};
    size_t count;
    cleanup_free char *agent = agent_lines(planner, "=", &count);
    cleanup_text struct text unused = {0};
    for (size_t i = 0; i < planner->place_count; i++) {
        change_start(planner, &planner->places[i]);
        adapt_options(planner, &planner->places[i], &unused);
    }
    edits_sort(&planner->changes, planner->document->source.length);
    text_add_format(&out,
                    "# Made by appsig-patch: delete this file and run `systemctl daemon-reload` to undo it.\n"
                    "%s%s%s[Service]\n",
                    count ? "[Unit]\n" : "", agent, count ? "\n" : "");
    cleanup_free char *lines = unit_environment_lines(planner, "=");
    text_add_format(&out, "%sExecStart=\n", lines);
    const struct section_entry *last = NULL;
    for (size_t i = 0; i < planner->file->commands.count; i++) {
        const struct section_entry *entry = planner->file->commands.items[i].entry;
        if (entry != last) restate(planner, entry, &out);
        last = entry;
    }
    cleanup_free char *path = memory_format("%s.d/" SYSTEMD_DROP_IN, planner->document->source.path);
    size_t length = out.length;
    unit_create(planner->unit, planner->service, path, text_take(&out), length, 0644, false,
                "start the unit through the launcher");
}
