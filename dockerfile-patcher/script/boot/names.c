#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/app/django.h"
#include "dockerfile-patcher/script/boot/model.h"

/* The last `cd` in front of an offset, in a layer. */
const char *boot_directory(const struct boot *boot, size_t layer, size_t at) {
    const char *directory = NULL;
    for (size_t i = 0; i < boot->command_count && boot->commands[i].at < at; i++) {
        const struct boot_command *command = &boot->commands[i];
        if (command->layer == layer && command->count == 2 && strcmp(command->words[0], "cd") == 0)
            directory = command->words[1];
    }
    return directory;
}

/* The last value of `key` in the heredoc's lines, in the arena. */
const char *boot_unit_value(const struct boot *boot, const struct shell_heredoc *heredoc, const char *key) {
    const char *value = NULL;
    for (size_t at = heredoc->body.begin; at < heredoc->body.end; at += strcspn(boot->text + at, "\n") + 1)
        if (strncmp(boot->text + at, key, strlen(key)) == 0) {
            const char *begin = boot->text + at + strlen(key);
            value = arena_copy(boot->arena, begin, strcspn(begin, "\n"));
        }
    return value;
}

struct naming {
    const char *value;
    const struct document *document;
    size_t offset;
    const char *from;
};

static bool assigned(const struct boot *boot, struct naming *name) {
    static const char *const variables[] = {"SERVICE_NAME", "OTEL_SERVICE_NAME"};
    for (size_t i = 0; i < array_length(variables); i++) {
        size_t layer;
        const struct shell_word *word = commands_assigned(&boot->read, variables[i], &layer);
        if (!word || !word->plain || layer != 0) continue;
        *name = (struct naming){commands_assigned_value(word), boot->script->document,
                                boot_source(boot, word->span.begin), "what the script calls it"};
        return *name->value != '\0';
    }
    return false;
}

static bool from_unit(const struct boot *boot, struct naming *name) {
    const struct boot_start *start = boot->start;
    if (!start || !start->unit) return false;
    char *bare = arena_copy(boot->arena, start->unit, strlen(start->unit) - strlen(".service"));
    *name = (struct naming){bare, boot->script->document, boot_source(boot, start->at), "the unit"};
    return true;
}

static bool from_directory(const struct boot *boot, struct naming *name) {
    const struct boot_start *start = boot->start;
    const char *directory = NULL;
    if (!start) return false;
    if (start->holder)
        directory = boot_unit_value(boot, start->holder, "WorkingDirectory=");
    else
        directory = boot_directory(boot, start->layer, start->at);
    if (!directory && start->layer) directory = boot_directory(boot, 0, start->at);
    if (!directory) return false;
    char *bare = arena_copy(boot->arena, directory, strlen(directory));
    while (*bare && bare[strlen(bare) - 1] == '/') bare[strlen(bare) - 1] = '\0';
    *name = (struct naming){text_base_name(bare), boot->script->document, boot_source(boot, start->at),
                            "the app's directory"};
    return true;
}

static void tell(struct boot *boot, const char *what, const struct naming *name) {
    findings_add(&boot->unit->findings, FINDING_DETERMINED, &name->document->source, NULL, name->offset,
                 "%s is '%s', from %s", what, boot_shown(boot, name->value), name->from);
}

static void ask_name(struct boot *boot, const struct naming *found, size_t count) {
    struct question *question;
    boot->service_name =
        script_ask(boot->unit, boot->script, "SERVICE_NAME",
                   "by which name is the service to be found in Application Signals?", &question);
    boot->held |= !boot->service_name;
    for (size_t i = 0; question && i < count; i++) {
        const char *shown = boot_shown(boot, found[i].value);
        if (*shown && !strchr("./~$-", *shown)) question_candidate(question, shown);
        question_evidence(question, &found[i].document->source, found[i].offset, shown);
    }
}

static void find_service_name(struct boot *boot) {
    struct naming found[4];
    size_t count = 0;
    boot->service_name = script_answer(boot->unit, boot->script, "SERVICE_NAME");
    if (boot->service_name) return;
    count += assigned(boot, &found[count]);
    if (count == 0 && boot->machine->name_count) {
        const struct clue *clue = &boot->machine->names[0];
        const struct document *document = clue->document ? clue->document : boot->script->document;
        found[count++] = (struct naming){clue->value, document, clue->offset, "the machine's name"};
    }
    if (count) {
        boot->service_name = found[0].value;
        tell(boot, "SERVICE_NAME", &found[0]);
        return;
    }
    count += from_unit(boot, &found[count]);
    count += from_directory(boot, &found[count]);
    for (size_t i = 0; i < count && !boot->service_name; i++) {
        if (name_is_role(found[i].value)) continue;
        boot->service_name = found[i].value;
        tell(boot, "SERVICE_NAME", &found[i]);
    }
    /* appsig-exec finds a name by itself when the app starts */
    if (!boot->service_name && boot->guide) ask_name(boot, found, count);
}

static void find_django(struct boot *boot) {
    const struct boot_start *start = boot->start;
    const struct document *document = boot->script->document;
    if (!start || !boot->guide) return;
    size_t layer;
    const struct shell_word *word = commands_assigned(&boot->read, "DJANGO_SETTINGS_MODULE", &layer);
    cleanup_free char *near = text_directory(document->source.path);
    struct deployed deployed = {boot->unit, near, NULL};
    struct django django = {0};
    django_of_command(&deployed, start->words, start->count, &django);
    if (word) {
        boot->django_settings = commands_assigned_value(word);
    } else if (django.settings) {
        boot->django_settings = arena_copy(boot->arena, django.settings, strlen(django.settings));
    } else if (django.certain) {
        boot->django_settings = script_ask(boot->unit, boot->script, "DJANGO_SETTINGS_MODULE",
                                           "which is the Django settings module?", NULL);
        boot->held |= !boot->django_settings;
    }
    free(django.settings);
}

void boot_find_names(struct boot *boot) {
    find_service_name(boot);
    find_django(boot);
}

/* Words that say which framework a `python app.py` is made of. */
static const char *const frameworks[] = {"flask",     "Flask",   "django",   "Django",  "fastapi",
                                         "FastAPI",   "uvicorn", "gunicorn", "tornado", "aiohttp",
                                         "starlette", "bottle",  "sanic"};

bool boot_is_generic(const struct boot *boot) {
    const struct boot_start *start = boot->start;
    if (start->rank == 3) return false;
    for (size_t i = 0; i < array_length(frameworks); i++)
        if (boot_mentions(boot, frameworks[i])) return false;
    return true;
}
