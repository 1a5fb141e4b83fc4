#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/script/boot/texts.h"

/* How the script installs into an environment. */
struct installer {
    size_t command; /* index; SIZE_MAX: it does not */
    char *
        head; /* "sudo -u app /opt/app/venv/bin/pip install", options that ADOT needs as well; in the arena */
    const char *folder; /* of the environment's programs; "" the system's */
};

static const char keep_alone[] = "--user --break-system-packages --no-cache-dir --system";
static const char keep_with_value[] =
    "-i --index-url --extra-index-url --trusted-host --cert --proxy -p --python";
static const char tools[] = "pip setuptools wheel virtualenv awscli pipenv poetry uv ansible supervisor";

static const struct {
    const char *program, *verb, *instead;
} managers[] = {{"poetry", "install", "poetry run pip install"},
                {"pipenv", "install", "pipenv run pip install"},
                {"uv", "sync", "uv pip install"}};

static const char *program_folder(struct boot *boot, const char *program) {
    if (!strchr(program, '/')) return "";
    cleanup_free char *folder = text_directory(program);
    if (text_has_word("/usr/bin /usr/local/bin /bin", folder) || text_ends(folder, "/.local/bin")) return "";
    const char *bare = text_starts(folder, "./") ? folder + 2 : folder;
    return arena_copy(boot->arena, bare, strlen(bare));
}

/* The environment that was activated last in front of `at`, in the layer. */
static const char *activated(struct boot *boot, size_t layer, size_t at) {
    const char *folder = "";
    for (size_t i = 0; i < boot->command_count && boot->commands[i].at < at; i++) {
        const struct boot_command *command = &boot->commands[i];
        if (command->layer != layer || command->count == 0) continue;
        bool sources = command->count > 1 && text_has_word("source .", command->words[0]) &&
                       text_ends(command->words[1], "/activate");
        if (sources) folder = program_folder(boot, command->words[1]);
        if (strcmp(command->words[0], "deactivate") == 0) folder = "";
    }
    return folder;
}

/* What two holes become is the same where they are written alike. */
static bool same_folder(struct boot *boot, const char *first, const char *second) {
    cleanup_free char *one = script_shown(boot->script, first, strlen(first));
    cleanup_free char *other = script_shown(boot->script, second, strlen(second));
    if (strcmp(one, other) == 0) return true;
    const char *longer = strlen(one) > strlen(other) ? one : other, *shorter = longer == one ? other : one;
    size_t tail = strlen(longer) - strlen(shorter);
    return *shorter && strcmp(longer + tail, shorter) == 0 && longer[tail - 1] == '/';
}

static bool only_tools(const char *const *words, size_t count) {
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        if (words[i][0] == '-') {
            if (text_has_word("-r --requirement -e --editable -c", words[i])) return false;
            continue;
        }
        any = true;
        cleanup_free char *name = memory_copy_bytes(words[i], strcspn(words[i], "=<>~![ "));
        if (!text_has_word(tools, name)) return false;
    }
    return any;
}

/* The index of `install` in `pip install`, `python -m pip install`, `uv pip install`; 0: it is none of them. */
static size_t install_word(const struct boot_command *command) {
    size_t at = command->launch.command;
    if (at >= command->count) return 0;
    const char *base = text_base_name(command->words[at]);
    bool pip = text_starts(base, "pip") && strspn(base + 3, "0123456789.") == strlen(base + 3);
    if (text_starts(base, "python") && command->launch.server && strcmp(command->launch.server, "pip") == 0)
        pip = true;
    if (strcmp(base, "uv") == 0 && at + 1 < command->count && strcmp(command->words[at + 1], "pip") == 0)
        pip = true;
    for (size_t i = at + 1; pip && i < command->count; i++)
        if (strcmp(command->words[i], "install") == 0) return i;
    return 0;
}

static char *head_of(struct boot *boot, const struct boot_command *command, size_t install) {
    const struct shell_word *words = command->command->words;
    const char *text = boot->read.layers[command->layer].text;
    cleanup_text struct text out = {0};
    text_add_bytes(&out, text + words[0].span.begin, words[install].span.end - words[0].span.begin);
    for (size_t i = install + 1; i < command->count; i++) {
        bool value = text_has_word(keep_with_value, command->words[i]) && i + 1 < command->count;
        if (!value && !text_has_word(keep_alone, command->words[i])) continue;
        size_t last = value ? i + 1 : i;
        text_add_char(&out, ' ');
        text_add_bytes(&out, text + words[i].span.begin, words[last].span.end - words[i].span.begin);
        i = last;
    }
    return arena_copy(boot->arena, out.bytes, out.length);
}

static bool installs(struct boot *boot, size_t index, struct installer *found) {
    const struct boot_command *command = &boot->commands[index];
    if (command->apart || command->count == 0) return false;
    size_t install = install_word(command);
    if (install) {
        if (only_tools(command->words + install + 1, command->count - install - 1)) return false;
        const char *folder = program_folder(boot, command->words[command->launch.command]);
        if (!*folder) folder = activated(boot, command->layer, command->at);
        *found = (struct installer){index, head_of(boot, command, install), folder};
        return true;
    }
    for (size_t i = 0; i < array_length(managers); i++) {
        size_t at = command->launch.command;
        if (at + 1 >= command->count ||
            strcmp(text_base_name(command->words[at]), managers[i].program) != 0 ||
            strcmp(command->words[at + 1], managers[i].verb) != 0)
            continue;
        cleanup_free char *head = memory_format("%s%s", command->lead, managers[i].instead);
        *found = (struct installer){index, arena_copy(boot->arena, head, strlen(head)), "*"};
        return true;
    }
    return false;
}

static const char *start_folder(struct boot *boot) {
    const struct boot_start *start = boot->start;
    const char *folder = program_folder(boot, start->words[0]);
    if (*folder || start->holder) return folder;
    return activated(boot, start->layer, start->at);
}

/* The last one in front of the start that puts something into the environment that runs. */
static void find_installer(struct boot *boot, struct installer *found) {
    const char *folder = start_folder(boot);
    *found = (struct installer){.command = SIZE_MAX, .folder = folder};
    for (size_t i = 0; i < boot->command_count; i++) {
        struct installer each;
        if (boot->commands[i].at >= boot->start->at && !boot->start->holder) break;
        if (!installs(boot, i, &each)) continue;
        if (same_folder(boot, each.folder, folder) || strcmp(each.folder, "*") == 0) *found = each;
    }
}

/* Nothing to learn from: by the interpreter that runs, whatever it has. */
static void add_own(struct boot *boot, const struct installer *installer, struct text *out) {
    const struct boot_start *start = boot->start;
    const struct boot_command *command = &boot->commands[start->command];
    cleanup_text struct text lead = {0};
    bool own = command->layer == 0 && command->user && strcmp(command->user, "root") != 0 && !start->holder;
    text_add_format(&lead, "%s", own ? "" : boot->sudo);
    if (own) text_add_format(&lead, "sudo -u %s ", command->user);
    if (*installer->folder) {
        text_add_format(out, "%s%s/pip install " BOOT_ADOT "%s", lead.bytes, installer->folder,
                        boot->guide ? "" : " || true");
        return;
    }
    if (boot->guide) {
        text_add_format(out, "%spip3 install " BOOT_ADOT, boot->sudo);
        return;
    }
    const char *base = text_base_name(start->words[0]);
    const char *python = text_starts(base, "python") ? base : "python3";
    const char *manager = boot->system ? boot->system->manager : "apt-get";
    text_add_format(out, "%s -m pip --version > /dev/null 2>&1 || %s%s install -y python3-pip || true\n",
                    python, boot->sudo, manager);
    /* Debian 12, Ubuntu 24.04 and others let pip into the system's Python only so (PEP 668) */
    text_add_format(out,
                    "%s%s -m pip install " BOOT_ADOT
                    " || %s%s -m pip install --break-system-packages " BOOT_ADOT " || true",
                    boot->sudo, python, boot->sudo, python);
}

static const char why_adot[] = "install ADOT into the environment that the app runs in";

size_t boot_first_line(const struct boot *boot, const struct boot_command *command) {
    const struct shell_script *shell = command->shell;
    size_t index = command->command->index;
    while (index &&
           (shell->commands[index - 1].end == SHELL_AND || shell->commands[index - 1].end == SHELL_OR ||
            shell->commands[index - 1].end == SHELL_PIPE))
        index--;
    return boot_line(boot, commands_offset(&boot->read, command->layer, shell->commands[index].span.begin));
}

/* Within the list of the command, for where a line of its own would come too late or would stand outside. */
static bool stands_in_line(const struct boot *boot, const struct boot_command *command) {
    const struct shell_command *shell = command->command->shell;
    size_t line = boot_line(boot, commands_offset(&boot->read, command->layer, shell->span.end));
    bool argument = boot->read.layers[command->layer].kind == LAYER_ARGUMENT;
    if (script_line(boot->script, line)->alone) return true;
    if (shell->end == SHELL_AND || shell->end == SHELL_CLOSE || (shell->end == SHELL_END && argument))
        return true;
    if (command->command->index + 1 < command->shell->command_count && shell->end == SHELL_SEMICOLON)
        return boot_line(boot, commands_offset(
                                   &boot->read, command->layer,
                                   command->shell->commands[command->command->index + 1].span.begin)) == line;
    return false;
}

void boot_insert_in_layer(struct boot *boot, const struct boot_command *command, size_t after,
                          const char *lines, const char *why) {
    cleanup_text struct text out = {0};
    for (const char *at = lines; *at;) {
        size_t length = strcspn(at, "\n");
        cleanup_free char *line = memory_copy_bytes(at, length);
        cleanup_free char *encoded =
            commands_encoded(&boot->read, command->layer, command->command->shell->span.begin, line);
        text_add(&out, encoded);
        at += length;
        if (*at == '\n') text_add_char(&out, *at++);
    }
    boot_insert_after(boot, after, out.bytes, why);
}

static void put_behind(struct boot *boot, const struct installer *installer) {
    const struct boot_command *command = &boot->commands[installer->command];
    cleanup_text struct text out = {0};
    if (stands_in_line(boot, command)) {
        text_add_format(&out, boot->guide ? " && %s " BOOT_ADOT : " && { %s " BOOT_ADOT " || true; }",
                        installer->head);
        commands_insert(&boot->read, command->layer, command->command->shell->span.end, out.bytes, why_adot);
        boot->planned = true;
        return;
    }
    text_add_format(&out, "%s\n%s " BOOT_ADOT "%s",
                    boot->guide ? boot_guide_adot_mark : boot_blocks[BLOCK_ADOT].mark, installer->head,
                    boot->guide ? "" : " || true");
    boot_insert_in_layer(boot, command, boot_last_line(boot, command), out.bytes, why_adot);
}

/* In front of a start whose line takes no other beside it; `{` would begin something else in a host's plain text. */
static void put_in_line(struct boot *boot, const struct boot_command *command, const char *lines) {
    cleanup_text struct text out = {0};
    text_add(&out, "true && { ");
    for (const char *at = lines; *at; at++) text_add(&out, *at == '\n' ? "; " : (char[]){*at, '\0'});
    text_add(&out, "; } && ");
    commands_insert(&boot->read, command->layer, command->command->shell->span.begin, out.bytes, why_adot);
    boot->planned = true;
}

static void put_in_front(struct boot *boot, const struct installer *installer) {
    const struct boot_start *start = boot->start;
    const struct boot_command *command = &boot->commands[start->command];
    enum layer_kind kind = boot->read.layers[command->layer].kind;
    cleanup_text struct text line = {0}, out = {0};
    if (installer->command == SIZE_MAX)
        add_own(boot, installer, &line);
    else
        text_add_format(&line, "%s " BOOT_ADOT "%s", installer->head, boot->guide ? "" : " || true");
    if (kind == LAYER_ARGUMENT && *installer->folder && installer->folder[0] != '/') {
        text_add_format(&out, boot->guide ? "%s && " : "{ %s; } && ", line.bytes);
        commands_insert(&boot->read, command->layer, command->command->shell->span.begin, out.bytes,
                        why_adot);
        boot->planned = true;
        return;
    }
    size_t number = boot_first_line(boot, command);
    if (script_line(boot->script, number)->alone) {
        put_in_line(boot, command, line.bytes);
        return;
    }
    text_add_format(&out, "%s\n%s", boot->guide ? boot_guide_adot_mark : boot_blocks[BLOCK_ADOT].mark,
                    line.bytes);
    size_t layer = command->layer;
    while (layer && boot->read.layers[layer].origins) {
        size_t outer = boot->read.layers[layer].outer;
        size_t at = boot->read.layers[layer].origins[0].begin;
        const struct shell_script *shell = &boot->read.layers[outer].shell;
        for (size_t i = 0; i < shell->command_count; i++)
            if (shell->commands[i].span.begin <= at)
                number = boot_line(boot, commands_offset(&boot->read, outer, shell->commands[i].span.begin));
        layer = outer;
    }
    boot_insert_before(boot, number, out.bytes, why_adot);
}

static bool has_adot(const struct boot *boot) {
    for (size_t i = 0; i < boot->command_count; i++)
        for (size_t k = 0; k < boot->commands[i].count; k++)
            if (text_starts(boot->commands[i].words[k], BOOT_ADOT)) return true;
    return false;
}

void boot_plan_adot(struct boot *boot) {
    struct installer installer;
    if (has_adot(boot)) return;
    find_installer(boot, &installer);
    if (installer.command == SIZE_MAX) return put_in_front(boot, &installer);
    const struct boot_command *command = &boot->commands[installer.command];
    bool in_line = stands_in_line(boot, command);
    size_t last = boot_last_line(boot, command);
    bool late = !in_line && !boot->start->holder &&
                last >= boot_first_line(boot, &boot->commands[boot->start->command]);
    if (command->condition || late || (!in_line && !boot_may_follow(boot, last)))
        return put_in_front(boot, &installer);
    put_behind(boot, &installer);
}
