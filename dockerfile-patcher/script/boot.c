#include "dockerfile-patcher/script/boot.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/script/boot/model.h"

bool boot_fits(struct unit *unit, struct script *script, size_t other_raw) {
    size_t size = script_size(script) + other_raw;
    if (size <= USER_DATA_MOST_BYTES) return true;
    size_t offset = script->count ? script_offset(script, 1, 0) : SIZE_MAX;
    unit_refuse(unit, script->document, FINDING_USER_DATA_SIZE, offset,
                "UserData would be %zu bytes: EC2 takes at most %d", size, USER_DATA_MOST_BYTES);
    return false;
}

/* A line of the host's around the script that is our delimiter would end the host's own heredoc at it. */
static const char *free_delimiter(const struct script *script) {
    static const char *const delimiters[] = {"EOF", "AGENT_CONFIG", "APPSIG_CONFIG"};
    const struct source *source = &script->document->source;
    size_t begin = script->count ? script->lines[0].span.begin : 0;
    size_t end = script->count ? script->lines[script->count - 1].span.end : 0;
    for (size_t i = 0; i < array_length(delimiters); i++) {
        size_t length = strlen(delimiters[i]);
        bool taken = false;
        for (size_t at = 0; at < source->length && !taken; at = source_line_end(source, at)) {
            size_t text = at + strspn(source->bytes + at, " \t");
            taken = (at < begin || at > end) && strncmp(source->bytes + text, delimiters[i], length) == 0 &&
                    strspn(source->bytes + text + length, ",) \t\r") ==
                        strcspn(source->bytes + text + length, "\n");
        }
        if (!taken) return delimiters[i];
    }
    return "APPSIG_AGENT_CONFIG";
}

static enum boot_outcome tell_nothing(struct boot *boot) {
    struct document *document = boot->script->document;
    if (boot->foreign)
        unit_note(boot->unit, document, FINDING_NOT_PYTHON, boot_source(boot, boot->foreign_at),
                  "'%s' is started here, not Python", boot->foreign);
    else
        unit_note(boot->unit, document, FINDING_NOT_A_SERVICE, SIZE_MAX, "starts no Python app");
    return BOOT_NOTHING;
}

static const char strict_text[] =
    "the script stops at the first command that fails: the agent's package, pip (none, or a system that refuses it, "
    "PEP 668) and fetch-config can keep the app from starting";

/* A command of the guide that fails ends a strict script: appsig-exec's style has none of these. */
static void warn_of_strictness(struct boot *boot) {
    const char *options = text_starts(boot->text, "#!") ? strchr(boot->text, ' ') : NULL;
    bool shebang = options && options < strchr(boot->text, '\n') && options[1] == '-' &&
                   memchr(options, 'e', strcspn(options, "\n"));
    if (shebang)
        unit_note(boot->unit, boot->script->document, FINDING_HINT, boot_source(boot, 0), "%s", strict_text);
    for (size_t i = 0; i < boot->command_count; i++) {
        const struct boot_command *command = &boot->commands[i];
        bool strict = command->layer == 0 && command->count > 1 && strcmp(command->words[0], "set") == 0 &&
                      command->words[1][0] == '-' &&
                      (strchr(command->words[1], 'e') ||
                       (command->count > 2 && strcmp(command->words[2], "errexit") == 0));
        if (!strict) continue;
        unit_note(boot->unit, boot->script->document, FINDING_HINT, boot_source(boot, command->at), "%s",
                  strict_text);
        return;
    }
}

static void hint_at_shim(struct boot *boot) {
    if (boot->guide || boot->unit->settings->shim_source == SHIM_URL) return;
    unit_note(
        boot->unit, boot->script->document, FINDING_HINT, boot_source(boot, boot->start->at),
        "appsig-exec is not brought to this machine, and the app starts without it: have it in the image, or "
        "give --shim-source=url=https://...#sha256=...");
}

static enum boot_outcome plan_app(struct boot *boot) {
    boot_find_system(boot);
    boot_find_names(boot);
    if (boot->held) return BOOT_HELD;
    boot_plan_agent(boot);
    boot_plan_adot(boot);
    boot_plan_start(boot);
    hint_at_shim(boot);
    if (boot_is_generic(boot))
        unit_note(boot->unit, boot->script->document, FINDING_GENERIC, boot_source(boot, boot->start->at),
                  "no evidence of a server or framework: started as it is");
    return BOOT_PLANNED;
}

static enum boot_outcome plan(struct boot *boot) {
    boot_find_starts(boot);
    if (boot->unit->settings->remove) {
        boot_remove(boot);
        if (boot->container) boot_remove_container(boot);
        return BOOT_PLANNED;
    }
    if (boot->agent) {
        unit_note(boot->unit, boot->script->document, FINDING_ALREADY, boot_source(boot, boot->agent_at),
                  "instrumented already by %s", boot->agent);
        return BOOT_READY;
    }
    if (boot->held) return BOOT_HELD;
    if (!boot->start && !boot->container) return tell_nothing(boot);
    if (boot->start) boot->container = false;
    enum boot_outcome outcome = boot->container ? boot_plan_container(boot) : plan_app(boot);
    if (outcome == BOOT_NOTHING || outcome == BOOT_READY) return outcome;
    if (boot->guide && outcome == BOOT_PLANNED) warn_of_strictness(boot);
    bool fits = !boot->machine->user_data || boot_fits(boot->unit, boot->script, boot->machine->other_raw);
    return boot->held || !fits ? BOOT_HELD : BOOT_PLANNED;
}

enum boot_outcome boot_plan(struct unit *unit, struct script *script, const struct machine *machine) {
    static const struct machine unknown;
    struct boot boot = {.unit = unit,
                        .script = script,
                        .machine = machine ? machine : &unknown,
                        .guide = unit->settings->style == STYLE_GUIDE,
                        .sudo = ""};
    enum boot_outcome outcome;
    boot.delimiter = free_delimiter(script);
    if (script->count == 0) return BOOT_NOTHING;
    script->label = machine && machine->beside_others ? machine->label : NULL;
    if (boot_read(&boot)) {
        outcome = plan(&boot);
    } else {
        const struct shell_script *shell = &boot.read.layers[0].shell;
        unit_refuse(unit, script->document, FINDING_SYNTAX, boot_source(&boot, shell->broken_at),
                    "a quote, heredoc or substitution of the script has no end");
        outcome = BOOT_HELD;
    }
    commands_free(&boot.read);
    return outcome;
}
