#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/script/boot/leads.h"
#include "dockerfile-patcher/script/boot/model.h"
#include "dockerfile-patcher/text/find.h"

static void place_of(const struct boot *boot, size_t offset, struct script_place *place) {
    commands_place(&boot->read, 0, offset, place);
}

size_t boot_line(const struct boot *boot, size_t offset) {
    struct script_place place;
    place_of(boot, offset, &place);
    return place.line;
}

size_t boot_source(const struct boot *boot, size_t offset) {
    struct script_place place;
    place_of(boot, offset, &place);
    size_t most = script_line(boot->script, place.line)->length;
    return script_offset(boot->script, place.line, place.offset < most ? place.offset : most);
}

char *boot_shown(struct boot *boot, const char *text) {
    cleanup_free char *shown = script_shown(boot->script, text, strlen(text));
    return arena_copy(boot->arena, shown, strlen(shown));
}

bool boot_mentions(const struct boot *boot, const char *word) {
    return find_text(boot->text, boot->length, word) != NULL;
}

/* if, while and their like decide by the command behind them, and by what is joined to it. */
static bool is_condition(const struct layer *layer, size_t index, bool before) {
    const struct shell_command *command = &layer->shell.commands[index];
    const struct shell_command *last = index ? &layer->shell.commands[index - 1] : NULL;
    if (command->negated) return true;
    if (before && last && (last->end == SHELL_AND || last->end == SHELL_OR || last->end == SHELL_PIPE))
        return true;
    size_t end = command->span.begin;
    for (size_t at = last ? last->span.end : 0; at < end;) {
        size_t length = strcspn(layer->text + at, " \t\n;&|()#");
        if (at + length > end) break;
        if (layer->text[at + length] == '#') length = strcspn(layer->text + at, "\n");
        cleanup_free char *word = memory_copy_bytes(layer->text + at, length);
        if (text_has_word("if while until elif", word)) return true;
        at += length + 1;
    }
    return false;
}

/* The command that hands the layer's text on; NULL for the script itself. */
static const struct boot_command *holder_of(const struct boot *boot, size_t layer) {
    const struct layer *inner = &boot->read.layers[layer];
    if (!inner->origins) return NULL;
    const struct shell_script *outer = &boot->read.layers[inner->outer].shell;
    size_t at = inner->origins[0].begin, index = 0;
    while (index < outer->command_count &&
           !(outer->commands[index].span.begin <= at && at < outer->commands[index].span.end))
        index++;
    for (size_t i = 0; i < outer->heredoc_count; i++)
        if (outer->heredocs[i].body.begin <= at && at <= outer->heredocs[i].body.end)
            index = outer->heredocs[i].command;
    /* cat <<EOF | sudo -u app bash: the reader stands behind the pipe */
    while (inner->kind == LAYER_HEREDOC && index < outer->command_count &&
           outer->commands[index].end == SHELL_PIPE)
        index++;
    for (size_t i = boot->command_count; i-- > 0;)
        if (boot->commands[i].layer == inner->outer && boot->commands[i].command->index == index)
            return &boot->commands[i];
    return NULL;
}

const char *boot_target(const struct boot_command *command) {
    const struct shell_script *shell = command->shell;
    const char *target = NULL;
    for (size_t i = 0; i < shell->redirection_count; i++)
        if (shell->redirections[i].command == command->command->index &&
            shell->redirections[i].sign[0] == '>')
            target = shell->redirections[i].target.value;
    /* cat <<EOF | sudo tee FILE */
    size_t last = command->command->index;
    while (last + 1 < shell->command_count && shell->commands[last].end == SHELL_PIPE) last++;
    const struct shell_word *words = shell->words + shell->commands[last].first;
    size_t count = shell->commands[last].count, at = 0;
    while (at < count && strcmp(words[at].value, "sudo") == 0) at++;
    if (at >= count || strcmp(words[at].value, "tee") != 0) return target;
    for (at++; at < count; at++)
        if (words[at].value[0] != '-') return words[at].value;
    return target;
}

static void read_command(struct boot *boot, const struct command *one, bool condition) {
    const struct layer *layer = &boot->read.layers[one->layer];
    const struct boot_command *holder = holder_of(boot, one->layer);
    struct boot_lead lead;
    boot_lead_of(one->vector, one->count, &lead);
    struct boot_command command = {.command = one,
                                   .shell = &layer->shell,
                                   .layer = one->layer,
                                   .words = one->vector,
                                   .count = one->count,
                                   .launch = lead.launch,
                                   .user = lead.user ? lead.user
                                           : holder  ? holder->user
                                                     : NULL,
                                   .condition = condition,
                                   .lead = "",
                                   .at = one->at};
    command.switched = lead.switched || (holder && holder->switched) || layer->kind == LAYER_FILE;
    command.background =
        lead.background || one->shell->end == SHELL_BACKGROUND || (holder && holder->background);
    command.apart =
        layer->kind == LAYER_SUBSTITUTION || layer->kind == LAYER_REMOTE || (holder && holder->apart);
    if (one->count && lead.launch.prefix < one->count) {
        size_t from = one->words[0].span.begin, to = one->words[lead.launch.prefix].span.begin;
        command.lead = arena_copy(boot->arena, layer->text + from, to - from);
    }
    boot->commands = arena_grow(boot->arena, boot->commands, boot->command_count, sizeof *boot->commands);
    boot->commands[boot->command_count++] = command;
}

bool boot_read(struct boot *boot) {
    commands_read(&boot->read, boot->script);
    boot->arena = &boot->read.arena;
    boot->text = boot->read.layers[0].text;
    boot->length = boot->read.layers[0].length;
    boot->begins = boot->read.begins;
    bool *condition = arena_allocate(boot->arena, (boot->read.layer_count + 1) * sizeof *condition);
    for (size_t i = 0; i < boot->read.count; i++) {
        const struct command *command = &boot->read.items[i];
        bool *before = &condition[command->layer];
        *before = is_condition(&boot->read.layers[command->layer], command->index, *before);
        read_command(boot, command, *before);
    }
    return !boot->read.layers[0].shell.broken;
}
