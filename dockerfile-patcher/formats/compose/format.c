#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/compose/compose.h"
#include "dockerfile-patcher/formats/compose/plan.h"
#include "dockerfile-patcher/text/find.h"

static const char *const template_endings[] = {".j2",  ".jinja",    ".jinja2", ".tmpl",
                                               ".tpl", ".template", ".erb"};

/* The length of the name without what says that it is a template. */
static size_t rendered_length(const char *base) {
    for (size_t i = 0; i < array_length(template_endings); i++)
        if (text_ends(base, template_endings[i])) return strlen(base) - strlen(template_endings[i]);
    return strlen(base);
}

/* compose.yaml, docker-compose.prod.yml, local.docker-compose.yml, docker-compose-dev.yaml, and their templates. */
static bool recognise(const char *path, const char *base) {
    (void)path;
    const char *name = strstr(base, "compose");
    if (!name) return false;
    size_t length = rendered_length(base);
    bool yaml = (length > 4 && strncmp(base + length - 4, ".yml", 4) == 0) ||
                (length > 5 && strncmp(base + length - 5, ".yaml", 5) == 0);
    bool docker = name - base >= 7 && strchr("-_.", name[-1]) && strncmp(name - 7, "docker", 6) == 0;
    const char *front = docker ? name - 7 : name;
    return yaml && (front == base || strchr("._-", front[-1])) && strchr("._-", name[7]);
}

/* What a renderer, and not compose, is to read: a whole-line variable, or marks of Jinja and its kin. */
static bool find_template(const struct source *source, size_t *offset) {
    static const char *const marks[] = {"{%", "{{"};
    *offset = source->begin;
    const char *base = text_base_name(source->path);
    if (rendered_length(base) < strlen(base)) return true;
    for (size_t i = 0; i < array_length(marks); i++) {
        const char *mark = find_text(source->bytes, source->length, marks[i]);
        if (!mark) continue;
        *offset = (size_t)(mark - source->bytes);
        return true;
    }
    return false;
}

static bool find_whole_variable(const struct compose *compose, size_t *offset) {
    for (size_t i = 0; i < compose->yaml.count; i++) {
        struct yaml_node *root = compose->yaml.documents[i], *services = yaml_find(root, "services");
        struct yaml_node *place = services ? services : root;
        if (place->kind != YAML_SCALAR || !strchr(place->value, '$')) continue;
        *offset = place->span.begin;
        return true;
    }
    return false;
}

/* `{{` may stand in a value: { { in flow style, or text that docker formats. Only what YAML cannot read, or reads as a key
 * or a name, is a template. */
static bool refuse_template(struct unit *unit, struct document *document, bool readable) {
    size_t offset;
    const struct source *source = &document->source;
    const char *base = text_base_name(source->path);
    bool named = rendered_length(base) < strlen(base) || strstr(source->path, "{{cookiecutter");
    if (!find_template(source, &offset) && !named) return false;
    if (readable && !named && !find_text(source->bytes, source->length, "{{ cookiecutter.") &&
        !find_text(source->bytes, source->length, "{{cookiecutter."))
        return false;
    unit_refuse(unit, document, FINDING_TEMPLATE, offset, "a template: patch what it is rendered from");
    return true;
}

/* `extends:` of another file. */
static void link_extended(const struct compose_service *service, struct links *links) {
    const char *file = yaml_text(yaml_find(compose_own(service, "extends"), "file"));
    cleanup_free char *directory = text_directory(service->document->source.path);
    cleanup_free char *path = file ? compose_path(directory, file) : NULL;
    if (path) links_add(links, path);
}

static void link_services(struct unit *unit, const struct compose *compose, struct links *links) {
    for (size_t i = 0; links && i < compose->count; i++) {
        link_extended(&compose->services[i], links);
        struct compose_build build;
        if (compose_build_of(unit, &compose->services[i], &build) && build.dockerfile)
            links_add(links, build.dockerfile);
        compose_build_free(&build);
    }
}

static bool scan(struct unit *unit, struct document *document, struct links *links) {
    struct compose *compose = memory_zeroed(1, sizeof *compose);
    struct yaml_complaint complaint;
    size_t offset;
    document->model = compose;
    bool readable = yaml_parse(&compose->yaml, &document->source, &complaint);
    if (refuse_template(unit, document, readable)) return false;
    if (!readable) {
        unit_refuse(unit, document, FINDING_SYNTAX, complaint.offset, "%s", complaint.message);
        return false;
    }
    if (find_whole_variable(compose, &offset)) {
        unit_refuse(unit, document, FINDING_TEMPLATE, offset,
                    "a variable stands for the services: patch what it is rendered from");
        return false;
    }
    if (!compose_read(document, compose)) {
        unit_note(unit, document, FINDING_NOT_A_SERVICE, SIZE_MAX, "no services");
        return false;
    }
    link_services(unit, compose, links);
    return true;
}

static void release(void *model) {
    struct compose *compose = model;
    yaml_release(&compose->yaml);
    free(compose);
}

const struct format format_compose = {
    .name = "compose",
    .help = "docker-compose.yml and compose.yaml, linked to the Dockerfiles that they build",
    .recognise = recognise,
    .scan = scan,
    .plan = compose_plan,
    .verify = compose_verify,
    .release = release,
};
