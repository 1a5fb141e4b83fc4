#include "dockerfile-patcher/formats/compose/plan.h"

#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/compose/marker.h"
#include "dockerfile-patcher/text/yaml_edit.h"

void compose_refuse(struct compose_planner *planner, struct compose_subject *subject,
                    const struct yaml_node *place, const char *message) {
    bool here = place->span.end <= planner->document->source.length;
    unit_note(planner->unit, planner->document, FINDING_UNSUPPORTED,
              here ? place->span.begin : subject->service->key->span.begin, "service '%s': %s",
              subject->service->name, message);
    if (!subject->engine) subject->engine = unit_service(planner->unit, subject->service->name);
    service_of(subject->engine)->refused = true;
}

bool compose_add_keys(struct compose_planner *planner, struct compose_subject *subject, const char *lines,
                      const char *why) {
    struct document *document = planner->document;
    struct yaml_node *node = subject->service->node;
    if (node->style != YAML_BLOCK || node->count == 0) {
        compose_refuse(planner, subject, node, "new keys cannot be put into braces");
        return true;
    }
    cleanup_free char *marked = compose_marked(lines);
    return yaml_insert(&document->edits, subject->engine, &document->source, node, node->count, marked, "",
                       why);
}

/* The CloudWatch agent as a service of the file: its name is its host. */
static const char *find_agent(const struct compose *compose) {
    for (size_t i = 0; i < compose->count; i++) {
        const char *image = yaml_text(compose_own(&compose->services[i], "image"));
        if (image && strstr(image, "cloudwatch-agent")) return compose->services[i].name;
    }
    return NULL;
}

/* One text may be said for several services, by an anchor: it is changed once, and only where all want that. */
static bool may_wrap(struct compose_planner *planner, struct compose_subject *subject) {
    const struct compose_words *words = subject->wrap.words;
    for (size_t i = 0; i < planner->compose->count; i++) {
        const struct compose_subject *other = &planner->subjects[i];
        bool same = compose_own(other->service, words->key) == words->node;
        if (!same || (other->wanted && other->wrapped && other->wrap.words->node == words->node)) continue;
        compose_refuse(planner, subject, words->node,
                       "its command is shared with a service that is not to be changed");
        return false;
    }
    return true;
}

static bool is_edited(const struct compose_words *words) {
    const struct document *document = words->owner->document;
    struct span span = words->node->span;
    for (size_t i = 0; i < document->edits.count; i++)
        if (document->edits.items[i].begin >= span.begin && document->edits.items[i].end <= span.end)
            return true;
    return false;
}

static void plan_subject(struct compose_planner *planner, struct compose_subject *subject) {
    subject->hook = compose_hook(planner, subject);
    bool scripted = subject->wrapped && subject->script &&
                    dockerfile_wrap_script(planner->unit, subject->engine, subject->script, &subject->entry);
    if (subject->wrapped && !scripted && may_wrap(planner, subject)) {
        if (is_edited(subject->wrap.words))
            service_join(subject->wrap.words->owner->document->service, subject->engine);
        else
            compose_wrap(planner->unit, subject->engine, &subject->wrap);
    }
    /* What an override file is laid over has the variables and the network. */
    bool laid_over = compose_base(planner->unit, subject->service) != NULL;
    if (laid_over && subject->hook == HOOK_READY) compose_defer(planner, subject);
    if (laid_over || !compose_network(planner, subject)) return;
    compose_environment(planner, subject);
    if (subject->new_keys)
        compose_add_keys(planner, subject, subject->new_keys, "reach the agent from inside the container");
}

static void plan_services(struct compose_planner *planner) {
    struct compose *compose = planner->compose;
    planner->subjects = memory_zeroed(compose->count, sizeof *planner->subjects);
    for (size_t i = 0; i < compose->count; i++) {
        planner->subjects[i].service = &compose->services[i];
        compose_decide(planner, &planner->subjects[i]);
        planner->wanted += planner->subjects[i].wanted;
    }
    for (size_t i = 0; i < compose->count; i++)
        if (planner->subjects[i].wanted) plan_subject(planner, &planner->subjects[i]);
    for (size_t i = 0; i < planner->unit->document_count; i++)
        if (planner->unit->documents[i]->format == &format_compose)
            compose_marks_last(planner->unit->documents[i]);
    for (size_t i = 0; i < compose->count; i++) compose_build_free(&planner->subjects[i].build);
    free(planner->subjects);
}

void compose_plan(struct unit *unit, struct document *document) {
    struct compose *compose = document->model;
    struct compose_planner planner = {.unit = unit, .document = document, .compose = compose};
    compose_link(unit);
    if (compose->ignored) {
        unit_note(unit, document, FINDING_IGNORED, SIZE_MAX, "told to be left alone");
        return;
    }
    if (unit->settings->remove) {
        compose_removal(unit, document);
        return;
    }
    planner.agent = find_agent(compose);
    plan_services(&planner);
}
