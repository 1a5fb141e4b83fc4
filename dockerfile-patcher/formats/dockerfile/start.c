#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/dockerfile/plan.h"

/* The command of a shell text that is the app: the last that runs Python, else the last. */
static size_t app_command(struct dockerfile *file, const struct shell_script *script) {
    size_t chosen = SIZE_MAX;
    for (unsigned depth = 0; depth < 2 && chosen == SIZE_MAX; depth++)
        for (size_t i = 0; i < script->command_count; i++) {
            struct launch launch;
            if ((script->commands[i].depth > 0) != (depth > 0) || script->commands[i].count == 0) continue;
            const char **words = shell_vector(&file->arena, script, &script->commands[i]);
            launch_recognise(words, script->commands[i].count, &launch);
            if (launch.kind == LAUNCH_PYTHON || launch.runner || launch.agent) chosen = i;
        }
    for (size_t i = script->command_count; i-- > 0 && chosen == SIZE_MAX;)
        if (script->commands[i].depth == 0 && script->commands[i].count) chosen = i;
    return chosen;
}

static void read_part(struct dockerfile *file, size_t index, struct part *part) {
    *part = (struct part){.index = SIZE_MAX};
    if (index == SIZE_MAX) return;
    struct instruction *instruction = &file->instructions[index];
    if (instruction->arguments.begin == instruction->arguments.end) return;
    if (instruction->json && instruction->word_count == 0) return;
    part->index = index;
    part->instruction = instruction;
    if (instruction->json) {
        part->words = arena_allocate(&file->arena, (instruction->word_count + 1) * sizeof *part->words);
        for (size_t i = 0; i < instruction->word_count; i++) part->words[i] = instruction->words[i].value;
        part->count = instruction->word_count;
        return;
    }
    struct span span = instruction->arguments;
    part->shell = true;
    shell_parse(&file->arena, instruction->text + span.begin, span.end - span.begin, &part->script);
    part->broken = part->script.broken;
    part->command = app_command(file, &part->script);
    if (part->command == SIZE_MAX) return;
    const struct shell_command *command = &part->script.commands[part->command];
    part->words = shell_vector(&file->arena, &part->script, command);
    part->count = command->count;
}

void read_start(struct planner *planner) {
    struct dockerfile *file = planner->file;
    dockerfile_start(file, planner->stage, &planner->start);
    read_part(file, planner->start.entrypoint, &planner->entrypoint);
    read_part(file, planner->start.cmd, &planner->cmd);
    const struct part *one = &planner->entrypoint, *other = &planner->cmd;
    bool joined = one->index != SIZE_MAX && !one->shell && !other->shell;
    size_t count = one->index == SIZE_MAX ? other->count : one->count + (joined ? other->count : 0);
    const char **words = arena_allocate(&file->arena, (count + 1) * sizeof *words);
    size_t first = one->index == SIZE_MAX ? 0 : one->count;
    for (size_t i = 0; i < count; i++) words[i] = i < first ? one->words[i] : other->words[i - first];
    launch_recognise(words, count, &planner->launch);
}

size_t plan_anchor(const struct planner *planner) {
    const struct dockerfile *file = planner->file;
    size_t first = SIZE_MAX;
    const size_t indices[] = {planner->start.entrypoint, planner->start.cmd};
    for (size_t i = 0; i < array_length(indices); i++)
        if (indices[i] != SIZE_MAX && (int)file->instructions[indices[i]].stage == planner->stage &&
            indices[i] < first)
            first = indices[i];
    return first;
}

void insert_in_front(struct planner *planner, size_t index, const char *lines, const char *why) {
    const struct source *source = &planner->document->source;
    struct span indent;
    cleanup_text struct text out = {0};
    if (index == SIZE_MAX) { /* behind the stage's last instruction */
        const struct stage *stage = &planner->file->stages[planner->stage];
        const struct instruction *last = &planner->file->instructions[stage->end - 1];
        edits_insert_after(&planner->document->edits, planner->service, source, last->span.end - 1, lines,
                           why);
        return;
    }
    size_t begin = planner->file->instructions[index].span.begin;
    source_indent(source, begin, &indent);
    for (const char *at = lines; *at;) {
        size_t length = strcspn(at, "\n");
        text_add_bytes(&out, source->bytes + indent.begin, indent.end - indent.begin);
        text_add_bytes(&out, at, length);
        at += length;
        if (*at) text_add_char(&out, *at++);
    }
    edits_insert_before(&planner->document->edits, planner->service, source, begin, out.bytes, why);
}

/* The launcher as words of the JSON form and as shell text, both ready to stand in front of another word. */
struct prefix {
    char *json;  /* "\"appsig-exec\", \"--\"" */
    char *shell; /* "appsig-exec --" */
    const char *why;
};

/* A program that is not on the PATH of the image has to be named by its place. */
static bool on_path(struct planner *planner, const char *directory) {
    const char *path = dockerfile_variable(planner->file, planner->stage, SIZE_MAX, "PATH");
    return !path || strstr(path, "$PATH") || strstr(path, "${PATH") || strstr(path, directory);
}

/* opentelemetry-instrument lies beside the program of an environment that the PATH does not lead to. */
static char *wrapper_name(struct planner *planner) {
    const struct part *part = planner->entrypoint.count ? &planner->entrypoint : &planner->cmd;
    size_t at = planner->launch.command;
    const char *program = at < part->count ? part->words[at] : "";
    const char *base = text_base_name(program);
    bool elsewhere = program[0] == '/' && strstr(program, "/bin/") && !text_starts(program, "/usr/") &&
                     !text_starts(program, "/bin/") && planner->launch.kind == LAUNCH_PYTHON;
    if (!elsewhere) return memory_copy("opentelemetry-instrument");
    return memory_format("%.*sopentelemetry-instrument", (int)(base - program), program);
}

static void make_prefix(struct planner *planner, struct prefix *prefix) {
    if (planner->unit->settings->style == STYLE_GUIDE) {
        cleanup_free char *name = wrapper_name(planner);
        *prefix = (struct prefix){memory_format("\"%s\"", name), memory_copy(name),
                                  "start the app through opentelemetry-instrument"};
        return;
    }
    const char *name = on_path(planner, "/usr/local/bin") ? "appsig-exec" : SHIM_TARGET;
    *prefix = (struct prefix){memory_format("\"%s\", \"--\"", name), memory_format("%s --", name),
                              "start the app through appsig-exec"};
}

static void prefix_free(struct prefix *prefix) {
    free(prefix->json);
    free(prefix->shell);
}

static void edit_at(struct planner *planner, const struct instruction *instruction, size_t text_offset,
                    bool end, const char *text, const char *why) {
    size_t at = end ? instruction_offset(instruction, text_offset - 1) + 1
                    : instruction_offset(instruction, text_offset);
    edits_add(&planner->document->edits, planner->service, (struct span){at, at}, text, why);
}

static const char builtins[] =
    ". : alias bg break cd command continue eval exec exit export false fg hash jobs local "
    "printf read readonly return set shift source test times trap true ulimit umask unset wait [";

/* `exec` keeps the meaning of the last of a plain list; elsewhere something of the shell is still to be done. */
static bool may_exec(const struct part *part) {
    const struct shell_script *script = &part->script;
    if (!part->shell || part->command == SIZE_MAX || part->command + 1 != script->command_count) return false;
    const struct shell_command *command = &script->commands[part->command];
    if (command->depth || command->negated || command->assignments || command->end != SHELL_END) return false;
    for (size_t i = 0; i < part->command; i++) {
        enum shell_end end = script->commands[i].end;
        if (end != SHELL_AND && end != SHELL_SEMICOLON && end != SHELL_NEWLINE) return false;
    }
    return !text_has_word(builtins, part->words[0]) && strcmp(part->words[0], "exec") != 0;
}

static void mark(struct planner *planner, size_t index, const char *what) {
    cleanup_free char *line = memory_format("# appsig-patch: %s", what);
    insert_in_front(planner, index, line, "say how --remove undoes it");
}

/* Puts the launcher in front of word `at` of a part that stands in the shipped stage. */
static void wrap_part(struct planner *planner, const struct part *part, size_t at,
                      const struct prefix *prefix) {
    const struct instruction *instruction = part->instruction;
    cleanup_free char *text = NULL;
    if (!part->shell && at < part->count) {
        text = memory_format("%s, ", prefix->json);
        edit_at(planner, instruction, instruction->words[at].span.begin, false, text, prefix->why);
        return;
    }
    if (!part->shell) {
        text = memory_format(", %s", prefix->json);
        edit_at(planner, instruction, instruction->words[part->count - 1].span.end, true, text, prefix->why);
        return;
    }
    const struct shell_command *command = &part->script.commands[part->command];
    const struct shell_word *word = &part->script.words[command->first + at];
    bool exec = planner->unit->settings->style == STYLE_SHIM && at == 0 && may_exec(part);
    if (exec) mark(planner, part->index, "exec is new in the next line");
    text = memory_format("%s%s ", exec ? "exec " : "", prefix->shell);
    edit_at(planner, instruction, instruction->arguments.begin + word->span.begin, false, text, prefix->why);
}

/* Guide only: what the wrapper or the reloader would make of the server's own options. */
static void adapt_options(struct planner *planner, const struct part *part) {
    const struct instruction *instruction = part->instruction;
    const char *server = planner->launch.server;
    if (!server || part->count == 0 || planner->unit->settings->style != STYLE_GUIDE) return;
    const struct shell_word *words =
        part->shell ? &part->script.words[part->script.commands[part->command].first] : NULL;
    size_t base = part->shell ? instruction->arguments.begin : 0;
    bool noreload = strcmp(server, "runserver") != 0;
    for (size_t i = 0; i < part->count; i++) {
        const struct span *span = words ? &words[i].span : &instruction->words[i].span;
        noreload |= strcmp(part->words[i], "--noreload") == 0;
        bool config = strcmp(server, "gunicorn") == 0 && text_starts(part->words[i], "--config");
        if (!config || (part->words[i][8] && part->words[i][8] != '=')) continue;
        bool joined = part->words[i][8] == '=';
        size_t begin = instruction_offset(instruction, base + span->begin) + !words;
        mark(planner, part->index,
             joined ? "-c was --config= in the next line" : "-c was --config in the next line");
        const char *text = !part->words[i][8] ? "-c" : words ? "-c " : "-c\", \"";
        edits_add(&planner->document->edits, planner->service,
                  (struct span){begin, begin + 8 + (part->words[i][8] == '=')}, text,
                  "keep --config from opentelemetry-instrument, which takes it for its own");
    }
    if (noreload) return;
    const struct span *last =
        words ? &words[part->count - 1].span : &instruction->words[part->count - 1].span;
    edit_at(planner, instruction, base + last->end, true, words ? " --noreload" : ", \"--noreload\"",
            "keep Django's reloader from starting the app twice");
}

/* The arguments of an instruction with the launcher put in, as text for a restated one. */
static char *restated(struct planner *planner, const struct part *part, size_t at,
                      const struct prefix *prefix) {
    struct text out = {0};
    const struct instruction *instruction = part->instruction;
    const char *text = instruction->text;
    struct span span = instruction->arguments;
    size_t cut = span.begin, last = part->count ? part->count - 1 : 0;
    if (prefix && part->shell)
        cut += part->script.words[part->script.commands[part->command].first + at].span.begin;
    else if (prefix)
        cut = at < part->count ? instruction->words[at].span.begin : instruction->words[last].span.end;
    text_add_format(&out, "%s ", keyword_words[instruction->keyword]);
    text_add_bytes(&out, text + span.begin, cut - span.begin);
    if (prefix && part->shell) text_add_format(&out, "%s ", prefix->shell);
    if (prefix && !part->shell) text_add_format(&out, at < part->count ? "%s, " : ", %s", prefix->json);
    text_add_bytes(&out, text + cut, span.end - cut);
    (void)planner;
    return text_take(&out);
}

static bool is_own(const struct planner *planner, const struct part *part) {
    return part->index != SIZE_MAX && (int)part->instruction->stage == planner->stage;
}

/* What is inherited is said again in the shipped stage: an ENTRYPOINT there clears the CMD of its parents. */
static void restate(struct planner *planner, size_t at, const struct prefix *prefix) {
    const struct part *entrypoint = &planner->entrypoint, *cmd = &planner->cmd;
    bool guide = planner->unit->settings->style == STYLE_GUIDE;
    cleanup_text struct text lines = {0};
    bool in_cmd =
        entrypoint->index == SIZE_MAX || at > entrypoint->count || (guide && at == entrypoint->count);
    size_t cmd_at = entrypoint->index == SIZE_MAX ? at : at - entrypoint->count;
    bool new_entrypoint =
        entrypoint->index == SIZE_MAX && !guide && planner->base.entrypoint == BASE_NONE && at == 0;
    bool with_cmd = cmd->index != SIZE_MAX && !is_own(planner, cmd);
    unsigned count = 0;
    if (!in_cmd || new_entrypoint) {
        cleanup_free char *line = new_entrypoint ? memory_format("ENTRYPOINT [%s]", prefix->json)
                                                 : restated(planner, entrypoint, at, prefix);
        text_add_format(&lines, "%s\n", line);
        count++;
    }
    if (with_cmd || (in_cmd && !new_entrypoint)) {
        cleanup_free char *line = restated(planner, cmd, cmd_at, in_cmd && !new_entrypoint ? prefix : NULL);
        text_add_format(&lines, "%s\n", line);
        count++;
    }
    lines.bytes[lines.length - 1] = '\0';
    cleanup_free char *all = memory_format("# appsig-patch: the next %u line%s restate%s a parent stage\n%s",
                                           count, count > 1 ? "s" : "", count > 1 ? "" : "s", lines.bytes);
    insert_in_front(planner, SIZE_MAX, all, prefix->why);
}

static void add_exec(struct planner *planner) {
    const struct part *cmd = &planner->cmd;
    if (!cmd->shell || !is_own(planner, cmd) || !may_exec(cmd)) return;
    const struct shell_command *command = &cmd->script.commands[cmd->command];
    mark(planner, cmd->index, "exec is new in the next line");
    edit_at(planner, cmd->instruction,
            cmd->instruction->arguments.begin + cmd->script.words[command->first].span.begin, false, "exec ",
            "let signals reach the app instead of its shell");
}

/* No ENTRYPOINT: a new one where the base has none either, else the CMD is wrapped. */
static void wrap_cmd_only(struct planner *planner, const struct prefix *prefix) {
    bool guide = planner->unit->settings->style == STYLE_GUIDE;
    bool reset = planner->start.entrypoint != SIZE_MAX;
    size_t at = planner->launch.prefix;
    bool plain = planner->base.entrypoint == BASE_NONE || planner->base.entrypoint == BASE_PYTHON || reset;
    if (guide || !plain || at > 0) {
        wrap_part(planner, &planner->cmd, at, prefix);
        return;
    }
    const char *interpreter = planner->base.entrypoint == BASE_PYTHON && !reset ? ", \"python3\"" : "";
    struct instruction *empty = reset ? &planner->file->instructions[planner->start.entrypoint] : NULL;
    bool brackets = empty && empty->json && (int)empty->stage == planner->stage;
    if (brackets) {
        mark(planner, planner->start.entrypoint, "[] is filled in the next line");
        edit_at(planner, empty, empty->arguments.begin + 1, false, prefix->json, prefix->why);
    } else {
        cleanup_free char *line = memory_format(
            "%sENTRYPOINT [%s%s]", *interpreter ? "# appsig-patch: the next 1 line is new\n" : "",
            prefix->json, interpreter);
        insert_in_front(planner, planner->cmd.index, line, prefix->why);
    }
    add_exec(planner);
}

static bool check_shell(struct planner *planner, const struct part *part) {
    if (!part->shell) return true;
    size_t shell = dockerfile_last(planner->file, planner->stage, KEYWORD_SHELL, part->index);
    const struct instruction *instruction = shell == SIZE_MAX ? NULL : &planner->file->instructions[shell];
    const char *program =
        instruction && instruction->word_count ? text_base_name(instruction->words[0].value) : "sh";
    if (strstr(program, "powershell") || strstr(program, "pwsh") || strncmp(program, "cmd", 3) == 0) {
        unit_refuse(planner->unit, planner->document, FINDING_UNSUPPORTED, instruction->span.begin,
                    "'%s' is not a shell whose words are known", program);
        return false;
    }
    if (!part->broken && part->command != SIZE_MAX) return true;
    unit_refuse(planner->unit, planner->document, FINDING_UNSUPPORTED, part->instruction->span.begin,
                "the shell text of '%s' cannot be read to its end", part->instruction->word);
    return false;
}

bool plan_start(struct planner *planner, bool dry) {
    const struct part *entrypoint = &planner->entrypoint, *cmd = &planner->cmd;
    bool has_entrypoint = entrypoint->index != SIZE_MAX;
    if (!check_shell(planner, entrypoint) || (!has_entrypoint && !check_shell(planner, cmd))) return false;
    if (dry) return true;
    struct prefix prefix;
    make_prefix(planner, &prefix);
    size_t at = planner->launch.prefix;
    bool guide = planner->unit->settings->style == STYLE_GUIDE;
    bool in_cmd =
        !has_entrypoint || at > entrypoint->count || (guide && at == entrypoint->count && cmd->count);
    bool own = in_cmd ? is_own(planner, cmd) : is_own(planner, entrypoint);
    if (!own)
        restate(planner, at, &prefix);
    else if (!has_entrypoint)
        wrap_cmd_only(planner, &prefix);
    else if (in_cmd)
        wrap_part(planner, cmd, at - entrypoint->count, &prefix);
    else
        wrap_part(planner, entrypoint, at, &prefix);
    if (is_own(planner, entrypoint) && !(cmd->count && !entrypoint->shell))
        adapt_options(planner, entrypoint);
    if (is_own(planner, cmd) && !entrypoint->shell) adapt_options(planner, cmd);
    prefix_free(&prefix);
    return true;
}
