#include <ctype.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/cdk/cdk.h"

/* What speaks for the system, the name and the port of a machine, each with its place. */

static void add_clue(struct cdk_file *file, struct clue *clues, size_t *count,
                     const struct document *document, const char *value, size_t token) {
    if (*count == MACHINE_MOST_CLUES || !value || !*value) return;
    clues[(*count)++] = (struct clue){value, document, file->code.tokens[token].span.begin};
}

/* latest_amazon_linux2023 and AmazonLinuxGeneration.AMAZON_LINUX_2023 are said as latestAmazonLinux2023. */
static const char *generation_of(const char *name) {
    static const struct {
        const char *folded;
        const char *value;
    } rows[] = {{"amazonlinux2023", "latestAmazonLinux2023"},
                {"amazonlinux2022", "latestAmazonLinux2022"},
                {"amazonlinux2", "latestAmazonLinux2"}};
    char folded[64];
    size_t length = 0;
    for (; *name && length < sizeof folded - 1; name++)
        if (*name != '_') folded[length++] = (char)tolower((unsigned char)*name);
    folded[length] = '\0';
    for (size_t i = 0; i < array_length(rows); i++) {
        const char *found = strstr(folded, rows[i].folded);
        if (found && !isdigit((unsigned char)found[strlen(rows[i].folded)])) return rows[i].value;
    }
    return NULL;
}

static void image_clues(struct cdk_file *file, const struct document *document, struct code_range image,
                        struct machine *described, unsigned steps) {
    const struct code *code = &file->code;
    for (size_t i = image.first; i < image.end; i++) {
        if (code->tokens[i].kind == CODE_STRING) {
            struct code_range literal = {i, i + 1};
            add_clue(file, described->images, &described->image_count, document, cdk_constant(file, literal),
                     i);
        }
        if (code->tokens[i].kind != CODE_NAME) continue;
        const char *name = calls_token(&file->calls, i);
        add_clue(file, described->images, &described->image_count, document, generation_of(name), i);
        bool member = i > image.first && (code_is(code, i - 1, ".") || code_is(code, i + 1, ":"));
        const struct code_definition *definition =
            member || steps > 4 ? NULL : calls_definition(&file->calls, name, i);
        if (definition) image_clues(file, document, definition->value, described, steps + 1);
    }
}

/* Tags.of(instance).add('Name', 'shop') */
static void tag_clues(struct cdk_file *file, const struct document *document,
                      const struct cdk_machine *machine, struct machine *described) {
    for (size_t i = 0; machine->kept && i < file->calls.count; i++) {
        const struct code_call *call = &file->calls.calls[i];
        struct code_range key, value;
        if (!code_is(&file->code, call->name, "add") || !calls_element(&file->code, call->open, 0, &key) ||
            !calls_element(&file->code, call->open, 1, &value))
            continue;
        const char *receiver = calls_receiver(&file->calls, call);
        cleanup_free char *tagged = memory_format("Tags.of(%s)", machine->kept);
        const char *name = text_ends(receiver, tagged) ? cdk_constant(file, key) : NULL;
        if (name && strcmp(name, "Name") == 0)
            add_clue(file, described->names, &described->name_count, document, cdk_constant(file, value),
                     value.first);
    }
}

static void name_clues(struct cdk_file *file, const struct document *document,
                       const struct cdk_machine *machine, struct machine *described) {
    struct code_range value;
    tag_clues(file, document, machine, described);
    if (calls_property(&file->calls, machine->call, "instanceName", &value))
        add_clue(file, described->names, &described->name_count, document, cdk_constant(file, value),
                 value.first);
    bool named = calls_element(&file->code, machine->call->open, 1, &value) && cdk_constant(file, value);
    if (named) add_clue(file, described->names, &described->name_count, document, machine->id, value.first);
}

/* Port.tcp(5000) in a rule of the machine's security group, or of its connections. */
static void port_clues(struct cdk_file *file, const struct document *document,
                       const struct cdk_machine *machine, struct machine *described) {
    struct code_range group = {0, 0}, port;
    const char *name = NULL;
    if (calls_property(&file->calls, machine->call, "securityGroup", &group))
        name = calls_text(&file->calls, group);
    for (size_t i = 0; i < file->calls.count; i++) {
        const struct code_call *call = &file->calls.calls[i];
        if (!code_is(&file->code, call->name, "tcp") || !calls_element(&file->code, call->open, 0, &port) ||
            !code_is_kind(&file->code, port.first, CODE_NUMBER))
            continue;
        const char *value = calls_text(&file->calls, port);
        size_t around = file->code.tokens[call->name].around;
        for (size_t k = 0; k < file->calls.count; k++) {
            const struct code_call *rule = &file->calls.calls[k];
            if (rule->open != around || strcmp(value, "22") == 0) continue;
            const char *receiver = calls_receiver(&file->calls, rule);
            bool own = machine->kept && text_starts(receiver, machine->kept) &&
                       strcmp(receiver + strlen(machine->kept), ".connections") == 0;
            if (own || (name && strcmp(receiver, name) == 0))
                add_clue(file, described->ports, &described->port_count, document, value, port.first);
        }
    }
}

void cdk_describe(struct cdk_file *file, struct document *document, const struct cdk_machine *machine,
                  struct machine *described) {
    struct code_range image;
    *described = (struct machine){.label = machine->id, .user_data = true};
    if (calls_property(&file->calls, machine->call, "machineImage", &image) ||
        calls_property(&file->calls, machine->call, "imageId", &image))
        image_clues(file, document, image, described, 0);
    name_clues(file, document, machine, described);
    port_clues(file, document, machine, described);
}
