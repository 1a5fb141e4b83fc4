#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/terraform/terraform.h"

enum { MOST_STEPS = 16 };

/* Functions that only wrap the script: it is their first argument. */
static const char wrappers[] =
    "base64encode base64gzip textencodebase64 trimspace chomp sensitive nonsensitive "
    "tostring try coalesce";

struct resolver {
    struct terraform_module *module;
    struct terraform_script *script;
    unsigned steps;
};

static void resolve(struct resolver *resolver, struct terraform_value value);

static void give_up(struct resolver *resolver, struct terraform_value at, const char *text,
                    const char *word) {
    cleanup_free char *reason = memory_format("%s%s", text, word);
    resolver->script->shape = TERRAFORM_NOWHERE;
    resolver->script->at = at;
    resolver->script->reason = arena_copy(&resolver->module->arena, reason, strlen(reason));
}

/* "${path.module}/x.sh", "./x.sh", "x.sh": below the module's directory, or below the root that was given, which is what
 * path.root and path.cwd are where this module is no other's. */
static char *path_of(struct resolver *resolver, struct terraform_value value) {
    struct terraform_module *module = resolver->module;
    const struct source *source = &value.document->source;
    struct hcl_value read = *terraform_read(module, value);
    const char *plain = terraform_string(module, value);
    cleanup_free char *directory = text_directory(source->path);
    if (plain && *plain == '/') return memory_copy(plain);
    if (plain) return text_join_path(directory, text_starts(plain, "./") ? plain + 2 : plain);
    size_t count;
    struct hcl_part *parts = read.kind == HCL_STRING
                                 ? hcl_template(&module->arena, source->bytes, read.inner, true, &count)
                                 : NULL;
    if (!parts || count != 2 || parts[0].kind != HCL_HOLE || parts[1].kind != HCL_TEXT || parts[1].text)
        return NULL;
    const char *hole = arena_copy(&module->arena, source->bytes + parts[0].span.begin,
                                  parts[0].span.end - parts[0].span.begin);
    if (!strstr(hole, "path.module") && !strstr(hole, "path.root") && !strstr(hole, "path.cwd")) return NULL;
    const char *rest = arena_copy(&module->arena, source->bytes + parts[1].span.begin,
                                  parts[1].span.end - parts[1].span.begin);
    rest += strspn(rest, "/");
    return text_join_path(directory, rest);
}

static void take_file(struct resolver *resolver, struct terraform_value value,
                      struct terraform_value argument, bool template) {
    struct terraform_script *script = resolver->script;
    cleanup_free char *path = argument.document ? path_of(resolver, argument) : NULL;
    if (!path) {
        give_up(resolver, value,
                "the path of the file is not known: ", terraform_text(resolver->module, value));
        return;
    }
    struct document *document = unit_document(resolver->module->unit, path, NULL);
    if (!document || !document->source.bytes) {
        give_up(resolver, value, "the file is not there: ", path);
        return;
    }
    script->shape = template ? TERRAFORM_TEMPLATE : TERRAFORM_FILE;
    script->document = document;
}

static void resolve_argument(struct resolver *resolver, struct terraform_value value,
                             const struct hcl_value *call) {
    if (call->count == 0)
        give_up(resolver, value, "a call without arguments", "");
    else
        resolve(resolver, (struct terraform_value){value.document, call->items[0].value});
}

/* join("\n", [...]), which makes one text of lines. */
static void resolve_join(struct resolver *resolver, struct terraform_value value,
                         const struct hcl_value *call) {
    struct terraform_script *script = resolver->script;
    struct terraform_value separator = {value.document, {0, 0}}, list = separator;
    if (call->count == 2) {
        separator.span = call->items[0].value;
        list.span = call->items[1].value;
    }
    const char *between = call->count == 2 ? terraform_string(resolver->module, separator) : NULL;
    struct hcl_value read =
        call->count == 2 ? *terraform_read(resolver->module, list) : (struct hcl_value){0};
    if (read.kind == HCL_REFERENCE && text_starts(read.text, "local.")) {
        list = *terraform_local(resolver->module, read.text + 6);
        read = *terraform_read(resolver->module, list);
    }
    if (!between || strcmp(between, "\n") != 0 || read.kind != HCL_LIST || read.count == 0) {
        give_up(resolver, value, "join() of what is no list of lines", "");
        return;
    }
    script->shape = TERRAFORM_LINES;
    script->document = list.document;
    script->value = read;
}

/* replace(x, "\r\n", "\n") and its like are no change for files that have no such newlines. */
static bool strips_returns(struct resolver *resolver, struct terraform_value value,
                           const struct hcl_value *call) {
    if (call->count != 3) return false;
    const char *from =
        terraform_string(resolver->module, (struct terraform_value){value.document, call->items[1].value});
    return from && (strcmp(from, "\r\n") == 0 || strcmp(from, "\r") == 0 || strcmp(from, "/\r\n/") == 0);
}

static void resolve_call(struct resolver *resolver, struct terraform_value value,
                         const struct hcl_value *call) {
    const char *name = call->text;
    struct terraform_value first = {call->count ? value.document : NULL,
                                    call->count ? call->items[0].value : (struct span){0, 0}};
    if (text_has_word(wrappers, name))
        resolve_argument(resolver, value, call);
    else if (strcmp(name, "file") == 0 || strcmp(name, "filebase64") == 0)
        take_file(resolver, value, first, false);
    else if (strcmp(name, "templatefile") == 0)
        take_file(resolver, value, first, true);
    else if (strcmp(name, "join") == 0)
        resolve_join(resolver, value, call);
    else if (strcmp(name, "replace") == 0 && strips_returns(resolver, value, call))
        resolve_argument(resolver, value, call);
    else
        give_up(resolver, value, "what makes the text is not followed: ", name);
}

/* data "template_file": its `template` is a text in which $${x} is a hole of the second kind, or file(…). */
static void resolve_template_file(struct resolver *resolver, struct terraform_block block) {
    struct terraform_value template = *terraform_attribute(block, "template");
    if (!template.document) {
        give_up(resolver, (struct terraform_value){block.document, block.block->span}, "it has no template",
                "");
        return;
    }
    resolve(resolver, template);
    if (resolver->script->shape == TERRAFORM_FILE) resolver->script->shape = TERRAFORM_TEMPLATE;
    if (resolver->script->shape == TERRAFORM_TEXT) resolver->script->twice = true;
}

/* The one part of a cloud-init archive that is a shell script; parts of other kinds stay as they are. */
static void resolve_parts(struct resolver *resolver, struct terraform_block block) {
    struct terraform_value found = {0};
    size_t scripts = 0;
    for (size_t i = 0; i < block.block->body.block_count; i++) {
        struct terraform_block part = {block.document, &block.block->body.blocks[i]};
        const char *kind = terraform_string(resolver->module, *terraform_attribute(part, "content_type"));
        struct terraform_value content = *terraform_attribute(part, "content");
        if (strcmp(part.block->type, "part") != 0 || !content.document) continue;
        if (kind && strcmp(kind, "text/x-shellscript") != 0) continue;
        scripts++;
        found = content;
    }
    struct terraform_value whole = {block.document, block.block->span};
    if (scripts == 1)
        resolve(resolver, found);
    else
        give_up(resolver, whole,
                scripts ? "more than one part is a shell script" : "no part is a shell script", "");
}

static void resolve_reference(struct resolver *resolver, struct terraform_value value,
                              const char *reference) {
    struct terraform_module *module = resolver->module;
    const char *attribute;
    struct terraform_block block = *terraform_referred(module, reference, &attribute);
    if (text_starts(reference, "local.")) {
        struct terraform_value local = *terraform_local(module, reference + 6);
        if (local.document)
            resolve(resolver, local);
        else
            give_up(resolver, value, "there is no ", reference);
    } else if (text_starts(reference, "var.")) {
        give_up(resolver, value, "whoever uses this module passes the script as ", reference);
    } else if (text_starts(reference, "module.")) {
        const char *source =
            block.document ? terraform_string(module, *terraform_attribute(block, "source")) : NULL;
        give_up(resolver, value, "the script comes out of the module ", source ? source : reference);
    } else if (text_starts(reference, "data.template_file.") && block.document) {
        resolve_template_file(resolver, block);
    } else if ((text_starts(reference, "data.cloudinit_config.") ||
                text_starts(reference, "data.template_cloudinit_config.")) &&
               block.document) {
        resolve_parts(resolver, block);
    } else {
        give_up(resolver, value, "what makes the text is not followed: ", reference);
    }
}

static bool is_nothing(struct resolver *resolver, struct terraform_value value) {
    struct hcl_value read = *terraform_read(resolver->module, value);
    return (read.kind == HCL_LITERAL && strcmp(read.text, "null") == 0) ||
           (read.kind == HCL_STRING && read.inner.begin == read.inner.end);
}

/* enabled ? script : null */
static void resolve_conditional(struct resolver *resolver, struct terraform_value value,
                                const struct hcl_value *read) {
    struct terraform_value one = {value.document, read->items[1].value};
    struct terraform_value other = {value.document, read->items[2].value};
    if (is_nothing(resolver, other))
        resolve(resolver, one);
    else if (is_nothing(resolver, one))
        resolve(resolver, other);
    else
        give_up(resolver, value, "one of two scripts, by a condition", "");
}

/* "${x}" is x. */
static bool unwrap(struct resolver *resolver, struct terraform_value value, const struct hcl_value *read) {
    size_t count;
    const char *bytes = value.document->source.bytes;
    struct hcl_part *parts = hcl_template(&resolver->module->arena, bytes, read->inner, true, &count);
    if (!parts || count != 1 || parts[0].kind != HCL_HOLE) return false;
    value.span = (struct span){parts[0].span.begin + 2, parts[0].span.end - 1};
    while (strchr(" ~\t", bytes[value.span.begin])) value.span.begin++;
    while (strchr(" ~\t", bytes[value.span.end - 1])) value.span.end--;
    resolve(resolver, value);
    return true;
}

static void resolve(struct resolver *resolver, struct terraform_value value) {
    struct hcl_value read = *terraform_read(resolver->module, value);
    struct terraform_script *script = resolver->script;
    if (++resolver->steps > MOST_STEPS) {
        give_up(resolver, value, "too many steps lead to it", "");
        return;
    }
    if (read.kind == HCL_STRING && unwrap(resolver, value, &read)) return;
    if (read.kind == HCL_HEREDOC || read.kind == HCL_STRING) {
        script->shape = TERRAFORM_TEXT;
        script->document = value.document;
        script->value = read;
    } else if (read.kind == HCL_CALL) {
        resolve_call(resolver, value, &read);
    } else if (read.kind == HCL_REFERENCE) {
        resolve_reference(resolver, value, read.text);
    } else if (read.kind == HCL_CONDITIONAL) {
        resolve_conditional(resolver, value, &read);
    } else {
        give_up(resolver, value, "no text that can be followed", "");
    }
}

void terraform_resolve(struct terraform_module *module, struct terraform_value value,
                       struct terraform_script *script) {
    struct resolver resolver = {.module = module, .script = script};
    *script = (struct terraform_script){0};
    resolve(&resolver, value);
}
