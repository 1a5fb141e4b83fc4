#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/script/docker_plan.h"
#include "dockerfile-patcher/text/find.h"

/* The module that a hook of step 7B imports. */
static const char sign[] = "auto_instrumentation";

static bool is_below(const char *path, const char *directory) {
    size_t length = strlen(directory);
    return strcmp(directory, ".") == 0 ||
           (strncmp(path, directory, length) == 0 && (path[length] == '/' || length == 0));
}

/* In the build context: a config that this run makes, or extends. */
static bool brings_hook(const struct unit *unit, const char *context) {
    for (size_t i = 0; i < unit->file_count; i++) {
        const struct new_file *file = &unit->files[i];
        if (!file->binary && is_below(file->path, context) && find_text(file->bytes, file->length, sign))
            return true;
    }
    for (size_t i = 0; i < unit->document_count; i++) {
        const struct document *document = unit->documents[i];
        bool config = document->format == &format_gunicorn || document->format == &format_uwsgi;
        if (!config || !is_below(document->source.path, context)) continue;
        for (size_t k = 0; k < document->edits.count; k++)
            if (strstr(document->edits.items[k].text, sign)) return true;
    }
    return false;
}

/* What the Dockerfile gets is known once it is planned: here, where nothing else leads to it. */
static bool will_have_hook(struct docker_planner *planner, const struct docker_subject *subject) {
    struct document *dockerfile = subject->document;
    if (!dockerfile || !subject->is_linked) return false;
    if (!dockerfile->planned && !dockerfile->linked_from) {
        dockerfile->planned = true;
        dockerfile->format->plan(planner->unit, dockerfile);
    }
    return brings_hook(planner->unit, subject->context);
}

bool docker_has_hook(struct docker_planner *planner, const struct docker_subject *subject) {
    const char *server = subject->linked.launch.server;
    bool gunicorn = text_equal(server, "gunicorn"), uwsgi = text_equal(server, "uwsgi");
    if (planner->unit->settings->style != STYLE_GUIDE || (!gunicorn && !uwsgi)) return false;
    const char *answer = script_answer(planner->unit, planner->script, "HOOK");
    if (answer) return strcmp(answer, "there") == 0;
    cleanup_free char *path = text_join_path(subject->context ? subject->context : planner->unit->root,
                                             gunicorn ? "gunicorn.conf.py" : "uwsgi.ini");
    const struct source *source = unit_look(planner->unit, path);
    return (source && find_text(source->bytes, source->length, sign)) || will_have_hook(planner, subject);
}
