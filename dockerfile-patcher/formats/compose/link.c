#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/compose/plan.h"

/* Stages that are built to work on the app, and not to ship it. */
static const char aside[] = "test tests testing dev develop development debug lint docs ci";

struct link {
    struct unit *unit;
    struct document *dockerfile;
    size_t ignored;    /* services that are built from it and told to be left alone */
    const char *agent; /* what a service starts it through already; ours does not count */
    size_t linked;
    size_t started; /* of them: say themselves what is started */
    bool last;      /* one of them has no target */
    const char *target;
    struct arena arena;
};

static bool starts_app(struct link *link, const struct compose_service *service) {
    struct compose_words entrypoint, command;
    struct launch launch;
    if (!compose_words(link->unit, &link->arena, service, "entrypoint", &entrypoint)) return false;
    if (!compose_words(link->unit, &link->arena, service, "command", &command)) return false;
    const struct compose_words *words = entrypoint.count ? &entrypoint : &command;
    launch_recognise(words->words, words->count, &launch);
    if (launch.agent && strcmp(launch.agent, "appsig-exec") != 0) link->agent = launch.agent;
    return words->count && (launch.kind == LAUNCH_PYTHON || launch.kind == LAUNCH_SHELL ||
                            launch.kind == LAUNCH_SCRIPT || launch.kind == LAUNCH_NONE);
}

/* A service that is there for others to extend need not start anything by itself. */
static bool is_extended(struct unit *unit, const struct compose_service *service) {
    for (size_t i = 0; i < unit->document_count; i++) {
        const struct compose *compose = unit->documents[i]->model;
        if (unit->documents[i]->format != &format_compose) continue;
        for (size_t k = 0; k < compose->count; k++)
            if (compose_extended(unit, &compose->services[k]) == service) return true;
    }
    return false;
}

static void link_service(struct link *link, const struct compose_service *service, bool ignored) {
    struct document *dockerfile = link->dockerfile;
    struct compose_build build;
    bool built = compose_build_of(link->unit, service, &build) && build.dockerfile &&
                 strcmp(build.dockerfile, dockerfile->source.path) == 0;
    if (built && ignored) {
        link->ignored++;
    } else if (built) {
        bool better = !link->target || text_has_word(aside, link->target);
        if (build.target && better) link->target = build.target;
        link->last |= !build.target;
        bool starts = starts_app(link, service);
        link->linked += starts || !is_extended(link->unit, service);
        link->started += starts;
        if (!dockerfile->linked_from) {
            dockerfile->linked_from = service->document;
            dockerfile->linked_at = service->key->span.begin;
            dockerfile->context = memory_copy(build.context);
        }
    }
    compose_build_free(&build);
}

/* What its services are left alone for holds for the Dockerfile, too. */
static void leave_alone(const struct link *link) {
    struct document *dockerfile = link->dockerfile;
    if (link->agent && !link->unit->settings->remove)
        unit_note(link->unit, dockerfile, FINDING_ALREADY, SIZE_MAX, "instrumented already by %s in '%s'",
                  link->agent, dockerfile->linked_from->shown);
    else if (link->ignored && !link->linked)
        unit_note(link->unit, dockerfile, FINDING_IGNORED, SIZE_MAX,
                  "the service that it is built for is ignored");
    else
        return;
    dockerfile->planned = true;
}

static void link_dockerfile(struct unit *unit, struct document *dockerfile) {
    struct link link = {.unit = unit, .dockerfile = dockerfile};
    for (size_t i = 0; i < unit->document_count; i++) {
        const struct compose *compose = unit->documents[i]->model;
        if (unit->documents[i]->format != &format_compose) continue;
        for (size_t k = 0; k < compose->count; k++)
            link_service(&link, &compose->services[k], compose->ignored || compose->services[k].ignored);
    }
    if (link.target && !link.last && !dockerfile->stage) dockerfile->stage = memory_copy(link.target);
    dockerfile->started_by_links = link.linked && link.linked == link.started;
    leave_alone(&link);
    arena_free(&link.arena);
}

void compose_link(struct unit *unit) {
    for (size_t i = 0; i < unit->document_count; i++) {
        struct document *document = unit->documents[i];
        if (document->format == &format_dockerfile && document->model && !document->linked_from)
            link_dockerfile(unit, document);
    }
}
