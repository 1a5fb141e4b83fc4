#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/hooks.h"
#include "dockerfile-patcher/text/code.h"

/* gunicorn.conf.py, gunicorn_conf.py, gunicorn-prod.conf.py, gunicorn_config.py, gunicorn-cfg.py; any other name by the
 * command that names it. */
static bool recognise(const char *path, const char *base) {
    static const char *const marks[] = {"conf", "cfg"};
    (void)path;
    const char *name = strstr(base, "gunicorn");
    if (!name || !text_ends(base, ".py") || text_starts(base, "test_")) return false;
    for (size_t i = 0; i < array_length(marks); i++)
        if (strstr(name, marks[i])) return true;
    return false;
}

static void plan(struct unit *unit, struct document *document) {
    if (!document->service) document->service = unit_service(unit, document->shown);
    if (unit->settings->remove)
        gunicorn_remove(unit, document->service, document);
    else if (unit->settings->style == STYLE_SHIM)
        unit_note(unit, document, FINDING_NOT_A_SERVICE, SIZE_MAX,
                  "appsig-exec hooks gunicorn when it starts");
    else if (!hook_is_wanted(unit, document))
        unit_note(unit, document, FINDING_NOT_A_SERVICE, SIZE_MAX, "no start command leads to it");
    else
        hook_tell(unit, document, gunicorn_extend(unit, document->service, document));
}

static bool verify(const struct document *document, const struct source *after, char **complaint) {
    struct arena arena = {0};
    struct code code;
    (void)document;
    code_scan(&arena, CODE_PYTHON, after->bytes, after->begin, after->length, &code);
    if (code.broken) *complaint = memory_copy("a string or bracket has no end");
    arena_free(&arena);
    return !code.broken;
}

const struct format format_gunicorn = {
    .name = "gunicorn",
    .help = "gunicorn's config, in style guide",
    .recognise = recognise,
    .plan = plan,
    .verify = verify,
};
