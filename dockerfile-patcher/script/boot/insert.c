#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/script/boot/model.h"

/* The lines with the indent of a neighbour; the body of a heredoc of ours stays where it is. */
static char *indented(const struct boot *boot, size_t neighbour, const char *lines) {
    struct text out = {0};
    const struct script_line *line =
        boot->script->count ? script_line(boot->script, neighbour ? neighbour : 1) : NULL;
    size_t indent = 0;
    while (line && indent < line->length && strchr(" \t", line->text[indent])) indent++;
    size_t ends = strlen(boot->delimiter);
    bool inside = false;
    for (const char *at = lines; *at;) {
        size_t length = strcspn(at, "\n");
        cleanup_free char *text = memory_copy_bytes(at, length);
        if (!inside && length && indent) text_add_bytes(&out, line->text, indent);
        text_add(&out, text);
        if (inside && strncmp(text, boot->delimiter, ends) == 0 && text[ends] == '\0')
            inside = false;
        else if (!inside && strstr(text, "<< '"))
            inside = true;
        at += length;
        if (*at == '\n') text_add_char(&out, *at++);
    }
    return text_take(&out);
}

void boot_insert_after(struct boot *boot, size_t line, const char *lines, const char *why) {
    cleanup_free char *text = indented(boot, line, lines);
    boot->planned = true;
    script_insert_after(boot->script, line, text, why);
}

void boot_insert_before(struct boot *boot, size_t line, const char *lines, const char *why) {
    cleanup_free char *text = indented(boot, line, lines);
    boot->planned = true;
    script_insert_after(boot->script, line - 1, text, why);
}

void boot_replace(struct boot *boot, size_t from, size_t to, const char *text, const char *why) {
    boot->planned |= commands_replace(&boot->read, 0, from, to, text, why);
}

static bool is_set(const char *text, size_t length) {
    return length > 4 && strncmp(text, "set ", 4) == 0 && strchr("-+", text[4]);
}

size_t boot_head(const struct boot *boot) {
    size_t head = 0;
    for (size_t number = 1; number <= boot->script->count; number++) {
        const struct script_line *line = script_line(boot->script, number);
        size_t blank = 0;
        while (blank < line->length && strchr(" \t", line->text[blank])) blank++;
        const char *text = line->text + blank;
        size_t length = line->length - blank;
        if (length == 0) continue;
        bool redirects = length > 6 && strncmp(text, "exec >", 6) == 0;
        if (text[0] != '#' && !is_set(text, length) && !redirects) break;
        /* a comment right above a command speaks of that command */
        if (text[0] == '#' && number > 1 && text[1] != '!') {
            size_t next = number;
            while (next < boot->script->count && script_line(boot->script, next + 1)->length &&
                   script_line(boot->script, next + 1)->text[0] == '#')
                next++;
            bool belongs = next < boot->script->count && script_line(boot->script, next + 1)->length &&
                           !is_set(script_line(boot->script, next + 1)->text,
                                   script_line(boot->script, next + 1)->length);
            if (belongs) break;
        }
        head = number;
    }
    return head;
}

size_t boot_last_line(const struct boot *boot, const struct boot_command *command) {
    const struct shell_script *shell = command->shell;
    size_t index = command->command->index;
    size_t end = command->command->shell->span.end;
    bool deeper = false;
    for (size_t i = index; i < shell->command_count; i++) {
        const struct shell_command *each = &shell->commands[i];
        bool joined =
            i > index && (shell->commands[i - 1].end == SHELL_AND || shell->commands[i - 1].end == SHELL_OR ||
                          shell->commands[i - 1].end == SHELL_PIPE);
        if (i > index && !joined && (!deeper || each->depth <= command->command->shell->depth)) break;
        deeper |= joined && each->depth > command->command->shell->depth;
        end = each->span.end;
        for (size_t k = 0; k < shell->heredoc_count; k++)
            if (shell->heredocs[k].command == i) end = shell->heredocs[k].end.end;
    }
    size_t line = boot_line(boot, commands_offset(&boot->read, command->layer, end));
    /* what closes a brace or a block on a line of its own still belongs to the list */
    while (line < boot->script->count) {
        const struct script_line *next = script_line(boot->script, line + 1);
        cleanup_free char *text = memory_copy_bytes(next->text, next->length);
        char *bare = text + strspn(text, " \t");
        bare[strcspn(bare, " \t;")] = '\0';
        if (!text_has_word("} )", bare)) break;
        line++;
    }
    return line;
}
