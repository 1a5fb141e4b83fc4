#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/engine/format.h"
#include "dockerfile-patcher/formats/terraform/terraform.h"
#include "dockerfile-patcher/script/docker_run.h"
#include "dockerfile-patcher/text/find.h"

/* main.tf, main.tofu; not main.tf.json, which is JSON, nor what `terraform init` has fetched. */
static bool recognise(const char *path, const char *base) {
    if (strstr(path, "/.terraform/")) return false;
    return text_ends(base, ".tf") || text_ends(base, ".tofu");
}

/* What file("…") and templatefile("…") read belongs to the module, wherever in the text they stand. */
static void add_links(const struct source *source, struct links *links) {
    static const char sign[] = "file(\"", here[] = "${path.module}/";
    cleanup_free char *directory = text_directory(source->path);
    for (const char *at = source->bytes, *end = at + source->length;
         (at = find_bytes(at, (size_t)(end - at), sign, sizeof sign - 1));) {
        at += sizeof sign - 1;
        if (strncmp(at, here, sizeof here - 1) == 0) at += sizeof here - 1;
        if (strncmp(at, "./", 2) == 0) at += 2;
        size_t length = strcspn(at, "\"\n$");
        if (at[length] != '"') continue;
        cleanup_free char *name = memory_copy_bytes(at, length);
        cleanup_free char *path = text_join_path(directory, name);
        links_add(links, path);
    }
}

static bool scan(struct unit *unit, struct document *document, struct links *links) {
    struct terraform_file *file = memory_zeroed(1, sizeof *file);
    struct hcl_complaint complaint;
    document->model = file;
    if (links) add_links(&document->source, links);
    docker_run_links_near(unit, document->source.path, document->source.bytes, document->source.length,
                          links);
    file->readable = hcl_scan(&file->arena, &document->source, &file->body, &complaint);
    if (!file->readable)
        unit_refuse(unit, document, FINDING_SYNTAX, complaint.offset, "%s", complaint.message);
    return file->readable;
}

/* Every block and attribute of `before` is in `after`, in order; what is new is of a kind that we write. */
static bool holds(const struct hcl_body *before, const struct hcl_body *after, const char **lost);

static bool same_block(const struct hcl_block *one, const struct hcl_block *other) {
    bool same = strcmp(one->type, other->type) == 0 && one->label_count == other->label_count;
    for (size_t i = 0; same && i < one->label_count; i++)
        same = strcmp(one->labels[i], other->labels[i]) == 0;
    return same;
}

static bool is_role(const char *name) { return text_starts(name, "aws_iam_"); }

static bool holds_blocks(const struct hcl_body *before, const struct hcl_body *after, const char **lost) {
    size_t at = 0;
    for (size_t i = 0; i < after->block_count; i++) {
        const struct hcl_block *block = &after->blocks[i];
        if (at < before->block_count && same_block(&before->blocks[at], block)) {
            if (!holds(&before->blocks[at++].body, &block->body, lost)) return false;
        } else if (strcmp(block->type, "iam_instance_profile") != 0 &&
                   !(block->label_count == 2 && is_role(block->labels[0]))) {
            *lost = block->type;
            return false;
        }
    }
    if (at < before->block_count) *lost = before->blocks[at].type;
    return at == before->block_count;
}

static bool holds(const struct hcl_body *before, const struct hcl_body *after, const char **lost) {
    size_t at = 0;
    for (size_t i = 0; i < after->attribute_count; i++) {
        const char *name = after->attributes[i].name;
        if (at < before->attribute_count && strcmp(before->attributes[at].name, name) == 0) {
            at++;
        } else if (strcmp(name, "iam_instance_profile") != 0) {
            *lost = name;
            return false;
        }
    }
    if (at < before->attribute_count) *lost = before->attributes[at].name;
    return at == before->attribute_count && holds_blocks(before, after, lost);
}

static bool verify(const struct document *document, const struct source *after, char **complaint) {
    const struct terraform_file *file = document->model;
    struct arena arena = {0};
    struct hcl_body body;
    struct hcl_complaint refused;
    const char *lost = "";
    bool good = hcl_scan(&arena, after, &body, &refused);
    if (!good) *complaint = memory_copy(refused.message);
    /* What --remove takes out is what a run without it puts in. */
    if (good && !holds(&file->body, &body, &lost) && !holds(&body, &file->body, &lost)) {
        good = false;
        *complaint = memory_format("'%s' is lost or new", lost);
    }
    arena_free(&arena);
    return good;
}

static void release(void *model) {
    struct terraform_file *file = model;
    arena_free(&file->arena);
    free(file);
}

const struct format format_terraform = {
    .name = "terraform",
    .help = "Terraform and OpenTofu: instances' user_data and their roles",
    .recognise = recognise,
    .scan = scan,
    .plan = terraform_plan,
    .verify = verify,
    .release = release,
    .directory = true,
    .deploy = "terraform apply",
};
