#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/engine/format.h"
#include "dockerfile-patcher/formats/cloudformation/cloudformation.h"

static bool recognise(const char *path, const char *base) {
    static const char *const endings[] = {".yaml", ".yml", ".json", ".template", ".cfn"};
    (void)path;
    for (size_t i = 0; i < array_length(endings); i++)
        if (text_ends(base, endings[i])) return true;
    return false;
}

static bool is_json(const struct source *source) {
    const char *first = source->bytes + source->begin;
    return first[strspn(first, " \t\r\n")] == '{';
}

static bool scan(struct unit *unit, struct document *document, struct links *links) {
    struct template *template = memory_zeroed(1, sizeof *template);
    struct yaml_complaint complaint;
    (void)links;
    document->model = template;
    template->document = document;
    if (!yaml_parse(&template->yaml, &document->source, &complaint)) {
        unit_refuse(unit, document, FINDING_SYNTAX, complaint.offset, "%s", complaint.message);
        return false;
    }
    template->json = is_json(&document->source);
    template->root = template->yaml.count ? template->yaml.documents[0] : NULL;
    template->resources = yaml_find(template->root, "Resources");
    return true;
}

static void release(void *model) {
    struct template *template = model;
    yaml_release(&template->yaml);
    arena_free(&template->arena);
    free(template);
}

const struct format format_cloudformation = {
    .name = "cloudformation",
    .help = "CloudFormation templates in YAML and JSON: instances' UserData and their roles",
    .recognise = recognise,
    .confirm = template_mentioned,
    .scan = scan,
    .plan = template_plan,
    .verify = template_verify,
    .release = release,
    .deploy = "aws cloudformation deploy",
};
