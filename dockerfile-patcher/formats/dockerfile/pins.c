#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/app/pins.h"
#include "dockerfile-patcher/formats/dockerfile/plan.h"

struct asking {
    struct planner *planner;
    const struct source *source;
    struct question *question;
    const char *answer;
    bool open;
};

static void tell(const struct pin *pin, void *context) {
    struct asking *asking = context;
    struct planner *planner = asking->planner;
    bool exact = pin->need->version[0] == '=';
    if (!asking->open && !asking->answer) {
        asking->answer = unit_ask(
            planner->unit, planner->service, "DEPENDENCIES", planner->document,
            "ADOT would change what the app pins: accept, or add ADOT by the app's own manager (none)?",
            &asking->question);
        asking->open = asking->question != NULL;
    }
    if (!asking->open) return;
    cleanup_free char *value = memory_format("%s%s becomes %s%s", pin->need->package, pin->wanted,
                                             exact ? "" : "at least ", pin->need->version + 1);
    for (size_t i = 0; i < asking->question->evidence_count; i++)
        if (strcmp(asking->question->evidence[i].value, value) == 0) return;
    question_evidence(asking->question, asking->source, pin->offset, value);
}

enum { MOST_NESTED = 4 };

/* A requirements file names others with -r and -c, relative to itself. */
static void look(struct asking *asking, const char *path, unsigned depth) {
    const struct source *source = path ? unit_look(asking->planner->unit, path) : NULL;
    if (!source) return;
    asking->source = source;
    pins_of(source, tell, asking);
    for (size_t at = source->begin; at < source->length && depth < MOST_NESTED;
         at = source_line_end(source, at)) {
        const char *line = source->bytes + at;
        if (strncmp(line, "-r ", 3) != 0 && strncmp(line, "-c ", 3) != 0) continue;
        line += 3 + strspn(line + 3, " ");
        cleanup_free char *name = memory_copy_bytes(line, strcspn(line, " #\r\n"));
        cleanup_free char *directory = text_directory(path);
        cleanup_free char *nested = text_join_path(directory, name);
        look(asking, nested, depth + 1);
    }
}

static const struct {
    const char *manager;
    const char *lock;
    const char *add; /* its own way, as the answer's hint */
} locks[] = {
    {"poetry", "poetry.lock", "poetry add " ADOT_PACKAGE},
    {"uv sync", "uv.lock", "uv add " ADOT_PACKAGE},
    {"pdm", "pdm.lock", "pdm add " ADOT_PACKAGE},
    {"pipenv", "Pipfile.lock", "pipenv install " ADOT_PACKAGE},
};

/* Every requirements file that the environment is made of, not only that of the last install. */
static void look_at_requirements(struct asking *asking) {
    struct planner *planner = asking->planner;
    const struct dockerfile *file = planner->file;
    int stage = (int)file->instructions[planner->install->instruction].stage;
    for (size_t i = 0; i < planner->installs.count; i++) {
        const struct install *install = &planner->installs.items[i];
        if (!dockerfile_in_chain(file, stage, (int)file->instructions[install->instruction].stage)) continue;
        for (size_t k = 0; install->files[k]; k++) {
            cleanup_free char *path =
                dockerfile_context_file(planner->unit, planner->file, planner->context, install->files[k]);
            look(asking, path, 0);
        }
    }
}

bool plan_pins(struct planner *planner) {
    struct asking asking = {.planner = planner};
    if (!planner->install) return true;
    look_at_requirements(&asking);
    const char *add = NULL;
    for (size_t i = 0; i < array_length(locks); i++) {
        if (strcmp(planner->install->manager, locks[i].manager) != 0) continue;
        cleanup_free char *path = text_join_path(planner->context, locks[i].lock);
        cleanup_free char *project = text_join_path(planner->context, "pyproject.toml");
        bool locked = unit_has_file(planner->unit, path);
        look(&asking, locked ? path : project, 0);
        add = locks[i].add;
    }
    if (!asking.open)
        return !asking.answer || strcmp(asking.answer, "accept") == 0 || strcmp(asking.answer, "none") == 0;
    question_candidate(asking.question, "accept");
    question_candidate(asking.question, "none");
    if (add) {
        cleanup_free char *hint = memory_format("%s resolves it by the lock file; then answer none", add);
        question_evidence(asking.question, &planner->document->source,
                          planner->file->instructions[planner->install->instruction].span.begin, hint);
    }
    return false;
}
