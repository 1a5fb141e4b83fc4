#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/app/deployed.h"
#include "dockerfile-patcher/app/variables.h"
#include "dockerfile-patcher/script/boot/texts.h"

static const char why_start[] = "start the app through the launcher";
static const char why_environment[] = "set the variables of the guide";
static const char why_hook[] = "instrument the workers of the server";

/* As one word of the shell; what the host fills in stays as it is. */
static void add_value(struct text *out, const char *value) {
    bool plain = *value != '\0';
    for (const char *at = value; *at; at++)
        plain &= strchr("_-./:=@%+,", *at) || *at == SCRIPT_HOLE_BEGIN || *at == SCRIPT_HOLE_END ||
                 (*at >= '0' && *at <= '9') || (*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z');
    if (plain) {
        text_add(out, value);
        return;
    }
    text_add_char(out, '\'');
    for (const char *at = value; *at; at++) text_add_format(out, *at == '\'' ? "'\\''" : "%c", *at);
    text_add_char(out, '\'');
}

static bool is_set(const struct boot *boot, const char *name) {
    const struct boot_command *command = &boot->commands[boot->start->command];
    cleanup_free char *sign = memory_format("%s=", name);
    if (boot->start->holder) {
        const char *body = boot->text + boot->start->holder->body.begin;
        cleanup_free char *text =
            memory_copy_bytes(body, boot->start->holder->body.end - boot->start->holder->body.begin);
        return strstr(text, sign) != NULL;
    }
    for (size_t i = 0; i < boot->command_count; i++) {
        const struct command *each = boot->commands[i].command;
        if (boot->commands[i].at > command->at) break;
        const struct shell_word *words = each->words - each->shell->assignments;
        bool exports = each->count && strcmp(each->words[0].value, "export") == 0;
        size_t count = each->shell->assignments + (exports ? each->count : 0);
        if (each->count && !exports && boot->commands[i].at != command->at) continue;
        for (size_t k = 0; k < count; k++)
            if (text_starts(words[k].value, sign)) return true;
    }
    return false;
}

static void facts_of(const struct boot *boot, struct variable_facts *facts, bool hook) {
    *facts = (struct variable_facts){.style = boot->guide ? STYLE_GUIDE : STYLE_SHIM,
                                     .place = VARIABLE_HOST,
                                     .service_name = boot->service_name,
                                     .django_settings = boot->guide ? boot->django_settings : NULL,
                                     .wsgi_server = hook};
}

/* Each variable with `front` before it and `behind` after it. */
static void add_variables(const struct boot *boot, struct text *out, const char *front, const char *behind,
                          bool hook) {
    struct variable_facts facts;
    const struct variable_row *row;
    facts_of(boot, &facts, hook);
    for (size_t at = 0; (row = variables_next(&facts, &at));) {
        if (is_set(boot, row->name)) continue;
        cleanup_free char *value = variable_value(row, &facts);
        text_add_format(out, "%s%s=", front, row->name);
        if (boot->start->holder)
            text_add(out, value);
        else
            add_value(out, value);
        text_add(out, behind);
    }
}

static const char *option(const struct boot_start *start, const char *shorter, const char *longer) {
    size_t length = strlen(longer);
    for (size_t i = 1; i < start->count; i++) {
        if (strcmp(start->words[i], shorter) == 0 || strcmp(start->words[i], longer) == 0)
            return i + 1 < start->count ? start->words[i + 1] : NULL;
        if (strncmp(start->words[i], longer, length) == 0 && start->words[i][length] == '=')
            return start->words[i] + length + 1;
    }
    return NULL;
}

static const char hook_text[] =
    "def post_fork(server, worker):\n"
    "    from opentelemetry.instrumentation.auto_instrumentation import sitecustomize";

/* The configuration that the script writes itself. */
static const struct shell_heredoc *written(const struct boot *boot, const char *path) {
    for (size_t i = 0; i < boot->command_count; i++) {
        const struct boot_command *command = &boot->commands[i];
        const char *target = command->layer ? NULL : boot_target(command);
        if (!target || strcmp(text_base_name(target), text_base_name(path)) != 0) continue;
        for (size_t k = 0; k < command->shell->heredoc_count; k++)
            if (command->shell->heredocs[k].command == command->command->index)
                return &command->shell->heredocs[k];
    }
    return NULL;
}

/* In front of the word behind which the server's own options stand. */
static void add_option(struct boot *boot, const char *options) {
    const struct boot_start *start = boot->start;
    const struct boot_command *command = &boot->commands[start->command];
    cleanup_free char *text = memory_format(" %s", options);
    boot->planned = true;
    if (start->holder) {
        size_t at = start->at + strcspn(boot->text + start->at, " \n");
        commands_insert(&boot->read, 0, at, text, why_hook);
        return;
    }
    size_t word = command->launch.command;
    while (word + 1 < command->count && !text_ends(command->words[word], start->server)) word++;
    commands_insert(&boot->read, command->layer, command->command->words[word].span.end, text, why_hook);
}

/* True where each worker is sure to be instrumented by itself: only then may it be told to wait for that. `before` gets
 * what has to stand in front of the start. */
static bool plan_hook(struct boot *boot, struct text *before) {
    const struct boot_start *start = boot->start;
    if (!boot->guide || !start->server) return false;
    if (text_has_word("uwsgi pyuwsgi", start->server)) {
        add_option(boot, "--enable-threads --lazy-apps --import "
                         "opentelemetry.instrumentation.auto_instrumentation.sitecustomize");
        return true;
    }
    if (strcmp(start->server, "gunicorn") != 0) return false;
    const char *path = option(start, "-c", "--config");
    const struct shell_heredoc *heredoc = path ? written(boot, path) : NULL;
    if (heredoc) {
        cleanup_free char *body =
            memory_copy_bytes(boot->text + heredoc->body.begin, heredoc->body.end - heredoc->body.begin);
        if (strstr(body, "auto_instrumentation")) return true;
        if (!strstr(body, "post_fork")) {
            boot->planned = true;
            script_insert_after(boot->script, boot_line(boot, heredoc->end.begin) - 1, hook_text, why_hook);
            return true;
        }
    }
    cleanup_free char *near = text_directory(boot->script->document->source.path);
    struct deployed deployed = {boot->unit, near, NULL};
    cleanup_free char *own = path ? NULL : deployed_file(&deployed, "gunicorn.conf.py");
    bool alone = script_line(boot->script, start->line)->alone;
    bool relative = start->holder || start->layer || alone || !boot_directory(boot, 0, start->at);
    if (path || own || relative) {
        unit_note(
            boot->unit, boot->script->document, FINDING_HINT, boot_source(boot, start->at),
            "gunicorn's configuration is not written here: put the guide's post_fork into it; until then the "
            "workers do not wait for it (no DEFER)");
        return false;
    }
    text_add_format(before, "cat > gunicorn.conf.py << '%s'\n%s\n%s\n", boot->delimiter, hook_text,
                    boot->delimiter);
    add_option(boot, "-c gunicorn.conf.py");
    unit_note(
        boot->unit, boot->script->document, FINDING_HINT, boot_source(boot, start->at),
        "gunicorn.conf.py is written anew in the app's directory: if the app brings its own, put post_fork there");
    return true;
}

/* A program of an environment that is not activated has opentelemetry-instrument beside it. */
static void add_instrument(const struct boot *boot, struct text *out) {
    const struct boot_start *start = boot->start;
    bool own = strchr(start->words[0], '/') != NULL;
    cleanup_free char *folder = text_directory(start->words[0]);
    bool system = own && text_has_word("/usr/bin /usr/local/bin /bin", folder);
    if (own && !system)
        text_add_format(out, "%s/", folder);
    else if (start->holder)
        text_add(out, "/usr/local/bin/");
    text_add(out, "opentelemetry-instrument ");
}

static void append_noreload(struct boot *boot) {
    const struct boot_start *start = boot->start;
    const struct boot_command *command = &boot->commands[start->command];
    if (!start->server || strcmp(start->server, "runserver") != 0) return;
    for (size_t i = 0; i < start->count; i++)
        if (strcmp(start->words[i], "--noreload") == 0) return;
    if (start->holder) {
        size_t end = start->at + strcspn(boot->text + start->at, "\n");
        commands_insert(&boot->read, 0, end, " --noreload", why_start);
        return;
    }
    const struct shell_word *last = &command->command->words[command->count - 1];
    commands_insert(&boot->read, command->layer, last->span.end, " --noreload", why_start);
}

static void plan_unit(struct boot *boot) {
    const struct boot_start *start = boot->start;
    cleanup_text struct text lines = {0}, launcher = {0}, before = {0};
    bool hook = plan_hook(boot, &before);
    add_variables(boot, &lines, "Environment=", "\n", hook);
    size_t line = start->line;
    if (lines.length) {
        lines.bytes[lines.length - 1] = '\0';
        boot_insert_before(boot, line, lines.bytes, why_environment);
    }
    if (boot->guide)
        add_instrument(boot, &launcher);
    else
        text_add(&launcher, start->holder->expands ? BOOT_UNIT_LOOKUP_EXPANDED : BOOT_UNIT_LOOKUP);
    commands_insert(&boot->read, 0, start->at, launcher.bytes, why_start);
    if (boot->guide) append_noreload(boot);
}

/* The directory of the guide's `cd`, where the script does not go there by itself. */
static const char *guide_directory(struct boot *boot) {
    const struct boot_start *start = boot->start;
    if (boot_directory(boot, start->layer, start->at) || start->layer) return NULL;
    const char *answer = script_answer(boot->unit, boot->script, "APP_DIR");
    if (answer) return answer;
    bool python = text_starts(text_base_name(start->words[0]), "python");
    for (size_t i = 1; python && i < start->count; i++) {
        if (start->words[i][0] == '-') break;
        if (start->words[i][0] != '/') break;
        cleanup_free char *folder = text_directory(start->words[i]);
        return arena_copy(boot->arena, folder, strlen(folder));
    }
    if (text_starts(start->words[0], "/")) return NULL;
    struct question *question;
    answer = script_ask(boot->unit, boot->script, "APP_DIR", "which directory is the app to be started in?",
                        &question);
    boot->held |= !answer;
    for (size_t i = 0; question && i < boot->command_count; i++) {
        const struct boot_command *command = &boot->commands[i];
        bool clones = command->count > 2 && strcmp(command->words[0], "git") == 0 &&
                      strcmp(command->words[1], "clone") == 0;
        const char *target = clones ? command->words[command->count - 1] : "";
        if (target[0] != '/') continue;
        question_candidate(question, boot_shown(boot, target));
        question_evidence(question, &boot->script->document->source, boot_source(boot, command->at),
                          boot_shown(boot, target));
    }
    return answer;
}

/* A --noreload that was there is told from one of ours by the comment. */
static bool says_django(const struct boot *boot) {
    bool there = false;
    for (size_t i = 0; i < boot->start->count; i++) there |= strcmp(boot->start->words[i], "--noreload") == 0;
    return boot->django_settings && !there;
}

static void plan_exports(struct boot *boot, const char *before, bool defer) {
    cleanup_text struct text out = {0};
    cleanup_free char *hook = memory_copy_bytes(before, *before ? strlen(before) - 1 : 0);
    bool own_django = boot->django_settings && !is_set(boot, "DJANGO_SETTINGS_MODULE");
    if (!own_django) text_add_format(&out, "%s\n", boot_guide_environment_mark);
    add_variables(boot, &out, "export ", "\n", defer);
    text_add_format(&out, "\n%s\n", says_django(boot) ? boot_guide_django_mark : boot_guide_start_mark);
    const char *directory = guide_directory(boot);
    if (directory) {
        text_add(&out, "cd ");
        add_value(&out, directory);
        text_add_char(&out, '\n');
    }
    size_t line = boot_first_line(boot, &boot->commands[boot->start->command]);
    out.bytes[out.length - 1] = '\0';
    if (*before) boot_insert_before(boot, line, hook, why_hook);
    boot_insert_before(boot, line, out.bytes, why_environment);
}

static void plan_guide(struct boot *boot) {
    const struct boot_start *start = boot->start;
    const struct boot_command *command = &boot->commands[start->command];
    cleanup_text struct text launcher = {0}, before = {0};
    bool hook = plan_hook(boot, &before);
    bool alone = script_line(boot->script, start->line)->alone;
    bool inside = command->switched || command->layer != 0 || alone;
    if (inside) {
        text_add(&launcher, "env ");
        add_variables(boot, &launcher, "", " ", hook);
    } else {
        plan_exports(boot, before.bytes ? before.bytes : "", hook);
    }
    add_instrument(boot, &launcher);
    commands_insert(&boot->read, start->layer, start->offset, launcher.bytes, why_start);
    append_noreload(boot);
}

static void plan_shim(struct boot *boot) {
    const struct boot_start *start = boot->start;
    const struct boot_command *command = &boot->commands[start->command];
    cleanup_text struct text launcher = {0}, variables = {0};
    add_variables(boot, &variables, "", " ", false);
    if (variables.length) text_add_format(&launcher, "env %s", variables.bytes);
    text_add(&launcher, command->layer ? BOOT_LOOKUP_ANYWHERE : BOOT_LOOKUP);
    commands_insert(&boot->read, start->layer, start->offset, launcher.bytes, why_start);
}

void boot_plan_start(struct boot *boot) {
    boot->planned = true;
    if (boot->start->holder)
        plan_unit(boot);
    else if (boot->guide)
        plan_guide(boot);
    else
        plan_shim(boot);
}
