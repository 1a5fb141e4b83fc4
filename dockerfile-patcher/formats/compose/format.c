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

/* {{ name }} of Jinja and its kin. What Docker itself fills in ({{.Name}}, {{index .Labels "x"}}) begins with or holds a
 * field. */
static bool is_hole(const char *at) {
    at += 2 + strspn(at + 2, "-% ");
    size_t word = strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_");
    const char *end = strstr(at, "}}");
    const char *field = strstr(at, " .");
    return word && end && !(field && field < end);
}

/* Where a mark of a renderer stands; a file that YAML can read may hold {% in a text, but no hole. */
static const char *find_mark(const struct source *source, bool readable) {
    const char *end = source->bytes + source->length;
    for (const char *at = source->bytes; (at = find_text(at, (size_t)(end - at), "{{")); at += 2)
        if (is_hole(at)) return at;
    return readable ? NULL : find_text(source->bytes, source->length, "{%");
}

/* A variable where compose fills in none: the services as a whole. */
static const struct yaml_node *find_whole_variable(const struct compose *compose) {
    for (size_t i = 0; i < compose->yaml.count; i++) {
        struct yaml_node *root = compose->yaml.documents[i], *services = yaml_find(root, "services");
        const struct yaml_node *place = services ? services : root;
        if (place->kind == YAML_SCALAR && strchr(place->value, '$')) return place;
    }
    return NULL;
}

/* What a renderer, and not compose, is to read. */
static bool refuse_template(struct unit *unit, struct document *document, bool readable) {
    const struct source *source = &document->source;
    const char *base = text_base_name(source->path), *mark = find_mark(source, readable);
    const struct yaml_node *variable = mark ? NULL : find_whole_variable(document->model);
    bool named = rendered_length(base) < strlen(base);
    if (!mark && !variable && !named) return false;
    size_t offset = mark ? (size_t)(mark - source->bytes) : variable ? variable->span.begin : source->begin;
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
    document->model = compose;
    bool readable = yaml_parse(&compose->yaml, &document->source, &complaint);
    if (refuse_template(unit, document, readable)) return false;
    if (!readable) {
        unit_refuse(unit, document, FINDING_SYNTAX, complaint.offset, "%s", complaint.message);
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
    .gathers = true,
    .scan = scan,
    .plan = compose_plan,
    .verify = compose_verify,
    .release = release,
};
