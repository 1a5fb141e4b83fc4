#include "dockerfile-patcher/engine/report.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/memory.h"
#include "dockerfile-patcher/engine/diff.h"
#include "dockerfile-patcher/engine/report_json.h"

void report_begin(struct report *report, const struct settings *settings) {
    bool diff = settings->mode == MODE_DIFF;
    *report = (struct report){.diff = stdout,
                              .mode = settings->mode,
                              .json = settings->json,
                              .colour = settings->colour,
                              .paths_as_given = settings->roots.count > 1};
    report->summary = diff && !isatty(STDOUT_FILENO) ? stderr : stdout;
    if (report->json) fputs("{\"roots\":[", stdout);
}

static void print_json_string(const char *string) {
    fputc('"', stdout);
    for (const char *at = string; *at; at++) {
        if (*at == '"' || *at == '\\')
            printf("\\%c", *at);
        else if ((unsigned char)*at < 0x20)
            printf("\\u%04x", (unsigned)(unsigned char)*at);
        else
            fputc(*at, stdout);
    }
    fputc('"', stdout);
}

void report_root(struct report *report, const char *root) {
    if (!report->json) return;
    fputs(report->roots ? ",\n{\"root\":" : "\n{\"root\":", stdout);
    print_json_string(root);
    fputs(",\"units\":[", stdout);
    report->units = 0;
}

static void tell_changes(struct report *report, const struct document *document) {
    const struct edits *edits = &document->edits;
    if (edits->count == 0) return;
    report->files_changed++;
    const char *deploy = document->format ? document->format->deploy : NULL;
    if (deploy && !strings_contain(&report->deploys, deploy)) strings_add(&report->deploys, deploy);
    text_add_format(&report->changed, "- %s: ", document->source.path);
    for (size_t i = 0; i < edits->count; i++) {
        bool again = false;
        for (size_t k = 0; k < i; k++) again |= strcmp(edits->items[k].why, edits->items[i].why) == 0;
        if (!again) text_add_format(&report->changed, "%s%s", i ? "; " : "", edits->items[i].why);
    }
    text_add_char(&report->changed, '\n');
}

static void tell_question(struct text *out, const struct question *question) {
    text_add_format(out, "- %s: %s (%s)\n", question->path, question->text, question->name);
    for (size_t i = 0; i < question->evidence_count; i++)
        text_add_format(out, "    %s:%zu:%zu: %s\n", question->evidence[i].path,
                        question->evidence[i].place.line, question->evidence[i].place.column,
                        question->evidence[i].value);
    for (size_t i = 0; i < question->candidate_count; i++)
        text_add_format(out, "    --set '%s=%s'\n", question->name, question->candidates[i]);
    if (question->candidate_count == 0) text_add_format(out, "    --set '%s=...'\n", question->name);
}

static void tell_finding(struct report *report, const struct finding *finding) {
    const struct finding_row *row = &finding_rows[finding->id];
    report->files_alone[finding->id]++;
    if (finding->id == FINDING_NOT_PYTHON || finding->id == FINDING_NOT_A_SERVICE) return;
    text_add_format(&report->findings, "- %s", finding->path);
    if (finding->place.line)
        text_add_format(&report->findings, ":%zu:%zu", finding->place.line, finding->place.column);
    text_add_format(&report->findings, ": %s [%s]\n", finding->message, row->id);
}

static bool is_new_path(struct report *report, const char *path) {
    if (strings_contain(&report->created, path)) return false;
    strings_add(&report->created, path);
    return true;
}

static void print_diff(struct report *report, const struct unit *unit) {
    struct diff_style style = {report->colour, 3};
    cleanup_text struct text out = {0};
    for (size_t i = 0; i < unit->document_count; i++) {
        const struct document *document = unit->documents[i];
        if (document->edits.count == 0) continue;
        diff_edits(&out, report->paths_as_given ? document->source.path : document->shown, &document->source,
                   &document->edits, &style);
    }
    for (size_t i = 0; i < unit->file_count; i++) {
        const struct new_file *file = &unit->files[i];
        if (!service_is_free(file->service) || !is_new_path(report, file->path)) continue;
        const char *shown = report->paths_as_given ? file->path : unit_shown(unit, file->path);
        if (file->binary)
            diff_new_binary(&out, shown, file->mode, file->bytes, file->length,
                            unit->settings->binary_diff && !file->replaces, &style);
        else
            diff_new_file(&out, shown, file->mode, file->bytes, file->length, &style);
    }
    if (out.length) fwrite(out.bytes, 1, out.length, report->diff);
}

void report_unit(struct report *report, const struct unit *unit) {
    report->files_seen += unit->document_count;
    for (size_t i = 0; i < unit->document_count; i++) tell_changes(report, unit->documents[i]);
    for (size_t i = 0; i < unit->file_count; i++)
        if (service_is_free(unit->files[i].service) &&
            !strings_contain(&report->created, unit->files[i].path))
            text_add_format(&report->changed, "- %s: %s\n", unit->files[i].path, unit->files[i].why);
    for (size_t i = 0; i < unit->questions.count; i++)
        tell_question(&report->questions, &unit->questions.items[i]);
    for (size_t i = 0; i < unit->findings.count; i++) tell_finding(report, &unit->findings.items[i]);
    if (report->json) {
        cleanup_free char *line = report_json_unit(unit);
        printf("%s\n%s", report->units++ ? "," : "", line);
    } else if (report->mode == MODE_DIFF) {
        print_diff(report, unit);
    } else {
        for (size_t i = 0; i < unit->file_count; i++) is_new_path(report, unit->files[i].path);
    }
}

static const char first_steps[] =
    "1. Application Signals has to be enabled in the AWS account:\n"
    "   https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Application-Signals-Enable.html\n"
    "2. Look at the changes with `git diff`, build and deploy";
static const char last_steps[] = ": nothing was built or deployed\n"
                                 "3. After deployment, wait 5-10 minutes for telemetry to arrive\n";
static const char verification[] =
    "CloudWatch console, Application Signals, Services: look for the service by its name, and for traces and metrics.\n";

static void tell_steps(struct report *report, struct text *out) {
    text_add_format(out, "\n## Next steps\n\n%s", first_steps);
    for (size_t i = 0; i < report->deploys.count; i++)
        text_add_format(out, "%s`%s`", i ? ", " : " (", report->deploys.items[i]);
    text_add_format(out, "%s%s\n## Verification\n\n%s", report->deploys.count ? ")" : "", last_steps,
                    verification);
}

static void tell_section(struct text *out, const char *title, const struct text *body) {
    if (body->length) text_add_format(out, "\n## %s\n\n%s", title, body->bytes);
}

void report_root_end(struct report *report, const char *root) {
    struct text told = {0};
    report->roots++;
    text_add_format(&told, "# appsig-patch: %s\n\n%zu files looked at, %zu %s", root, report->files_seen,
                    report->files_changed,
                    report->mode == MODE_WRITE   ? "changed"
                    : report->mode == MODE_CHECK ? "to change"
                                                 : "in the diff");
    static const enum finding_id counted[] = {FINDING_NOT_PYTHON, FINDING_NOT_A_SERVICE, FINDING_ALREADY};
    for (size_t i = 0; i < array_length(counted); i++)
        if (report->files_alone[counted[i]])
            text_add_format(&told, ", %zu %s", report->files_alone[counted[i]], finding_rows[counted[i]].id);
    text_add_char(&told, '\n');
    tell_section(&told, report->mode == MODE_WRITE ? "Files changed" : "Files to change", &report->changed);
    tell_section(&told, "To know", &report->findings);
    if (report->changed.length) tell_steps(report, &told);
    tell_section(&told, "Open questions", &report->questions);
    if (report->json)
        fputs("]}", stdout);
    else
        fprintf(report->summary, "%s%s", report->mode == MODE_DIFF && report->changed.length ? "\n" : "",
                told.bytes);
    text_add(&report->told, told.bytes);
    text_add_char(&report->told, '\n');
    text_free(&told);
    text_free(&report->changed);
    text_free(&report->questions);
    text_free(&report->findings);
    strings_free(&report->deploys);
    report->files_seen = report->files_changed = 0;
    memset(report->files_alone, 0, sizeof report->files_alone);
}

bool report_end(struct report *report, const struct settings *settings, int exit_code, struct error **error) {
    bool written = true;
    if (report->json) printf("],\n\"exit\":%d}\n", exit_code);
    if (settings->report_path) {
        FILE *stream = fopen(settings->report_path, "we");
        written = stream && fputs(report->told.bytes ? report->told.bytes : "", stream) >= 0;
        if (stream) written &= fclose(stream) == 0;
        if (!written)
            error_set(error, EXIT_USAGE, "'%s' cannot be written: %s", settings->report_path,
                      strerror(errno));
    }
    if (written && (fflush(stdout) != 0 || ferror(stdout)))
        written = error_set(error, EXIT_REFUSED, "'standard output' cannot be written: %s", strerror(errno));
    text_free(&report->told);
    strings_free(&report->created);
    return written;
}
