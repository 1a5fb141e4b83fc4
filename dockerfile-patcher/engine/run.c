#include "dockerfile-patcher/engine/run.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/files.h"
#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/app/shim_source.h"
#include "dockerfile-patcher/engine/apply.h"
#include "dockerfile-patcher/engine/report.h"
#include "dockerfile-patcher/engine/walk.h"

/* So many files of one directory are planned together: they may share a build context; more would only cost memory. */
enum { MOST_NEIGHBOURS = 32, PROGRESS_AFTER_MS = 1000 };

struct candidate {
    char *path;
    size_t rank;  /* of its format: what links to others comes first */
    size_t depth; /* its slashes: what lies above links to what lies below more often than not */
    bool alone;   /* no other format knows its name */
    bool taken;
    struct links links; /* of a format that gathers: where it leads */
};

struct run {
    struct settings *settings;
    struct report *report;
    const char *root;
    struct candidate *candidates; /* by path */
    size_t count;
    size_t capacity;
    bool named; /* the root is a file: it is taken for what its name says */
    struct findings unreadable;
    int exit_code;
    long started; /* clock_now_ms */
    size_t done;
    bool progress;
    bool gathers; /* some candidate has links */
};

static void raise_exit(struct run *run, int code) {
    if (code > run->exit_code) run->exit_code = code;
}

static size_t depth_of(const char *path) {
    size_t depth = 0;
    for (; *path; path++) depth += *path == '/';
    return depth;
}

static void add_candidate(const char *path, const char *base, void *context) {
    struct run *run = context;
    bool alone;
    const struct format *format = format_of_path(path, base, &run->settings->only, &alone);
    if (!format) return;
    size_t rank = 0;
    while (format_rows[rank] != format) rank++;
    if (run->count == run->capacity) {
        run->capacity = run->capacity ? run->capacity * 2 : 64;
        run->candidates = memory_resize(run->candidates, run->capacity * sizeof *run->candidates);
    }
    run->candidates[run->count++] =
        (struct candidate){.path = memory_copy(path), .rank = rank, .depth = depth_of(path), .alone = alone};
}

static void add_unreadable(const char *path, const char *reason, void *context) {
    struct run *run = context;
    findings_add(&run->unreadable, FINDING_UNREADABLE, NULL, path, SIZE_MAX,
                 "the directory cannot be read: %s", reason);
    raise_exit(run, EXIT_REFUSED);
}

static int by_path(const void *one, const void *other) {
    return strcmp(((const struct candidate *)one)->path, ((const struct candidate *)other)->path);
}

/* The candidate of that path, or NULL. */
static struct candidate *candidate_of(const struct run *run, const char *path) {
    struct candidate key = {.path = (char *)path};
    return run->count ? bsearch(&key, run->candidates, run->count, sizeof key, by_path) : NULL;
}

static void load(struct run *run, struct unit *unit, struct candidate *found, struct links *links) {
    const char *path = found->path;
    if (found->taken) return;
    found->taken = true;
    struct source source;
    cleanup_free char *detail = NULL;
    enum source_state state = source_read(&source, path, &detail);
    const struct format *format = format_rows[found->rank];
    /* What only a second look takes is no file of ours before it, unless the person named it. */
    bool passed_over = format->confirm && !run->named;
    if (state == SOURCE_READ && !found->alone && format->recognise &&
        format->recognise(path, text_base_name(path)))
        passed_over = !(format = format_of_source(&source, &run->settings->only));
    else if (state == SOURCE_READ)
        passed_over = format->confirm && !format->confirm(&source);
    if (state == SOURCE_READ && !passed_over) {
        unit_add_source(unit, &source, format, links);
        return;
    }
    if (passed_over) {
        source_free(&source);
        return;
    }
    enum finding_id id = finding_of_state(state);
    findings_add(&unit->findings, id, NULL, path, SIZE_MAX, "%s%s%s", finding_rows[id].meaning,
                 detail ? ": " : "", detail ? detail : "");
    source_free(&source);
}

static bool same_directory(const char *one, const char *other) {
    size_t length = (size_t)(text_base_name(one) - one);
    return length == (size_t)(text_base_name(other) - other) && strncmp(one, other, length) == 0;
}

static void load_neighbours(struct run *run, struct unit *unit, size_t from, struct links *links) {
    const char *path = run->candidates[from].path;
    size_t first = from;
    bool whole = format_rows[run->candidates[from].rank]->directory;
    while (first > 0 && (whole || from - first < MOST_NEIGHBOURS) &&
           same_directory(run->candidates[first - 1].path, path))
        first--;
    for (size_t i = first; i < run->count && (whole || unit->document_count < MOST_NEIGHBOURS); i++) {
        if (!same_directory(run->candidates[i].path, path)) {
            if (i > from) break;
            continue;
        }
        load(run, unit, &run->candidates[i], links);
    }
}

static void learn_links(struct run *run, struct candidate *candidate) {
    struct unit unit = {.settings = run->settings, .root = run->root};
    struct source source;
    const struct format *format = format_rows[candidate->rank];
    if (format->gathers && source_read(&source, candidate->path, NULL) == SOURCE_READ)
        unit_add_source(&unit, &source, format, &candidate->links);
    else if (format->gathers)
        source_free(&source);
    unit_free(&unit);
    run->gathers |= candidate->links.count > 0;
}

/* Others that lead to the same file. */
static void gather(struct run *run, struct unit *unit, const char *path, struct links *links) {
    for (size_t i = 0; run->gathers && i < run->count; i++) {
        struct candidate *candidate = &run->candidates[i];
        bool leads = false;
        for (size_t k = 0; k < candidate->links.count && !candidate->taken; k++)
            leads |= strcmp(candidate->links.paths[k], path) == 0;
        if (!leads) continue;
        load(run, unit, candidate, links);
        load_neighbours(run, unit, i, links);
    }
}

static void load_unit(struct run *run, struct unit *unit, size_t first) {
    struct links links = {0};
    load(run, unit, &run->candidates[first], &links);
    /* What lies beside a file that is passed over waits for its own turn: another format may link it to more. */
    if (!unit->document_count && !unit->findings.count) return;
    load_neighbours(run, unit, first, &links);
    /* Each may bring in others, which lead on. */
    for (size_t i = 0, k = 0; i < links.count || k < unit->document_count;) {
        if (k < unit->document_count) {
            gather(run, unit, unit->documents[k++]->source.path, &links);
            continue;
        }
        struct candidate *found = candidate_of(run, links.paths[i++]);
        if (!found || found->taken) continue;
        load(run, unit, found, &links);
        load_neighbours(run, unit, (size_t)(found - run->candidates), &links);
    }
    links_free(&links);
}

static void plan_unit(struct unit *unit) {
    for (size_t rank = 0; rank < format_count; rank++)
        for (size_t i = 0; i < unit->document_count; i++) {
            struct document *document = unit->documents[i];
            if (document->planned || document->format != format_rows[rank]) continue;
            document->planned = true;
            document->format->plan(unit, document);
        }
}

/* Answers from the terminal are kept for the file that asked. */
static bool ask_all(const struct unit *unit) {
    bool answered = false;
    char line[4096];
    for (size_t i = 0; i < unit->questions.count; i++) {
        const struct question *question = &unit->questions.items[i];
        fprintf(stderr, "%s: %s (%s)\n", question->path, question->text, question->name);
        for (size_t k = 0; k < question->evidence_count; k++)
            fprintf(stderr, "    %s:%zu:%zu: %s\n", question->evidence[k].path,
                    question->evidence[k].place.line, question->evidence[k].place.column,
                    question->evidence[k].value);
        for (size_t k = 0; k < question->candidate_count; k++)
            fprintf(stderr, "    %zu) %s\n", k + 1, question->candidates[k]);
        fprintf(stderr,
                "answer%s, empty to leave it open: ", question->candidate_count ? " (or its number)" : "");
        if (!fgets(line, sizeof line, stdin)) return answered;
        line[strcspn(line, "\n")] = '\0';
        if (!*line) continue;
        long number;
        bool numbered = text_to_number(line, 1, (long)question->candidate_count, &number);
        answers_add(&unit->settings->answers, unit_shown(unit, question->path), question->name,
                    numbered ? question->candidates[number - 1] : line, "terminal");
        answered = true;
    }
    return answered;
}

static void count_results(struct run *run, const struct unit *unit) {
    bool changes = false;
    for (size_t i = 0; i < unit->document_count; i++) changes |= unit->documents[i]->edits.count > 0;
    for (size_t i = 0; i < unit->file_count; i++) changes |= service_is_free(unit->files[i].service);
    if (changes && run->settings->mode == MODE_CHECK) raise_exit(run, EXIT_PENDING);
    if (unit->questions.count) raise_exit(run, EXIT_QUESTION);
    for (size_t i = 0; i < unit->findings.count; i++)
        if (finding_rows[unit->findings.items[i].id].severity == SEVERITY_ERROR)
            raise_exit(run, EXIT_REFUSED);
}

static void finish_unit(struct run *run, struct unit *unit) {
    unit_settle(unit);
    if (run->settings->mode == MODE_WRITE) unit_write(unit);
    count_results(run, unit);
    report_unit(run->report, unit);
}

/* What a planner has loaded by itself is planned with it, not once more on its own. */
static void take_planned(struct run *run, const struct unit *unit) {
    for (size_t i = 0; i < unit->document_count; i++) {
        struct candidate *found = candidate_of(run, unit->documents[i]->source.path);
        if (found && unit->documents[i]->planned) found->taken = true;
    }
}

static void run_unit(struct run *run, size_t first) {
    for (;;) {
        struct unit unit = {.settings = run->settings, .root = run->root};
        size_t answers = run->settings->answers.count;
        load_unit(run, &unit, first);
        if (unit.document_count == 0 && unit.findings.count == 0) {
            unit_free(&unit);
            return;
        }
        plan_unit(&unit);
        take_planned(run, &unit);
        bool again = run->settings->ask && unit.questions.count && ask_all(&unit);
        if (!again) finish_unit(run, &unit);
        run->done += unit.document_count;
        if (again)
            for (size_t i = 0; i < unit.document_count; i++) {
                struct candidate *found = candidate_of(run, unit.documents[i]->source.path);
                if (found) found->taken = false;
            }
        unit_free(&unit);
        if (!again || run->settings->answers.count == answers) return;
    }
}

static void show_progress(const struct run *run, bool last) {
    if (!run->progress || clock_now_ms() - run->started < PROGRESS_AFTER_MS) return;
    if (last)
        fputs("\r\033[K", stderr);
    else
        fprintf(stderr, "\r%zu of %zu files", run->done, run->count);
}

static void report_loose(struct run *run) {
    struct unit unit = {.settings = run->settings, .root = run->root, .findings = run->unreadable};
    const struct answers *answers = &run->settings->answers;
    for (size_t i = 0; i < answers->count; i++)
        if (!answers->items[i].used)
            findings_add(&unit.findings, FINDING_UNUSED_ANSWER, NULL, answers->items[i].origin, SIZE_MAX,
                         "'%s' answers no question here", answers->items[i].name);
    if (unit.findings.count) report_unit(run->report, &unit);
    unit_free(&unit);
}

static void run_rank(struct run *run, size_t rank, size_t depth) {
    for (size_t i = 0; i < run->count; i++) {
        const struct candidate *candidate = &run->candidates[i];
        if (candidate->rank != rank || candidate->depth != depth || candidate->taken) continue;
        run_unit(run, i);
        show_progress(run, false);
    }
}

/* A walk gives a directory's names in order already, which is all there is in most repositories. */
static void sort_candidates(struct run *run) {
    for (size_t i = 1; i < run->count; i++)
        if (by_path(&run->candidates[i - 1], &run->candidates[i]) > 0) {
            qsort(run->candidates, run->count, sizeof *run->candidates, by_path);
            return;
        }
}

static void run_candidates(struct run *run) {
    sort_candidates(run);
    for (size_t i = 0; i < run->count; i++) learn_links(run, &run->candidates[i]);
    size_t deepest = 0;
    for (size_t i = 0; i < run->count; i++)
        if (run->candidates[i].depth > deepest) deepest = run->candidates[i].depth;
    for (size_t rank = 0; rank < format_count; rank++)
        for (size_t depth = 0; depth <= deepest; depth++) run_rank(run, rank, depth);
    show_progress(run, true);
    report_loose(run);
    for (size_t i = 0; i < run->count; i++) {
        free(run->candidates[i].path);
        links_free(&run->candidates[i].links);
    }
    free(run->candidates);
}

/* A file that is named is taken whatever it is called; one that no row knows is taken for a Dockerfile only if it says
 * FROM, by its scanner. */
static bool take_file(struct run *run, const char *path, struct error **error) {
    size_t before = run->count;
    struct stat status;
    if (strcmp(path, "-") != 0 && stat(path, &status) != 0) {
        cleanup_free char *printable = text_printable(path, 200);
        return error_set(error, EXIT_USAGE, "'%s' does not exist", printable);
    }
    run->named = true;
    /* Standard input has no name that would tell its kind. */
    if (strcmp(path, "-") != 0) add_candidate(path, text_base_name(path), run);
    if (run->count > before) return true;
    const char *only = run->settings->only.count == 1 ? run->settings->only.items[0] : "dockerfile";
    if (strcmp(path, "-") != 0 && !run->settings->only.count) {
        cleanup_free char *printable = text_printable(path, 200);
        return error_set(error, EXIT_USAGE, "'%s' is of no known kind by its name: say which with --only",
                         printable);
    }
    size_t rank = 0;
    while (strcmp(format_rows[rank]->name, only) != 0) rank++;
    run->candidates = memory_resize(run->candidates, (run->count + 1) * sizeof *run->candidates);
    run->candidates[run->count++] =
        (struct candidate){.path = memory_copy(path), .rank = rank, .depth = depth_of(path)};
    run->capacity = run->count;
    return true;
}

static bool run_root(struct run *run, const char *root, struct error **error) {
    bool directory = files_is_directory(root);
    cleanup_free char *above = text_directory(root);
    run->root = directory ? root : *root == '/' ? above : ".";
    report_root(run->report, root);
    bool walked = directory
                      ? walk_tree(root, &run->settings->exclude, add_candidate, add_unreadable, run, error)
                      : take_file(run, root, error);
    if (walked) run_candidates(run);
    report_root_end(run->report, root);
    return walked;
}

int run_roots(struct settings *command_line, struct error **error) {
    struct report report;
    struct shims shims = {0};
    int exit_code = EXIT_DONE;
    bool needs_shim =
        command_line->style == STYLE_SHIM && command_line->shim_source == SHIM_COPY && !command_line->remove;
    if (needs_shim && !shims_find(&shims, command_line, error)) return EXIT_USAGE;
    command_line->shims = &shims;
    report_begin(&report, command_line);
    bool done = true;
    for (size_t i = 0; i < command_line->roots.count && done; i++) {
        struct settings settings;
        const char *root = command_line->roots.items[i];
        done = settings_for_root(&settings, command_line, files_is_directory(root) ? root : ".", error);
        struct run run = {.settings = &settings,
                          .report = &report,
                          .started = clock_now_ms(),
                          .progress = isatty(STDERR_FILENO)};
        if (done) done = run_root(&run, root, error);
        if (run.exit_code > exit_code) exit_code = run.exit_code;
        settings_free(&settings);
    }
    done &= report_end(&report, command_line, exit_code, error);
    shims_free(&shims);
    return done ? exit_code : EXIT_USAGE;
}
