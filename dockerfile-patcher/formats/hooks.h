/* What the workers of gunicorn and uWSGI need in style guide (steps 7B and 8B): a post_fork hook in gunicorn's config,
 * three keys in uWSGI's. Without them OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED=true loses all data, so a host format sets
 * that variable only where the answer here is HOOK_READY. Style shim needs none of it: appsig-exec hooks at run time. */
#ifndef PATCH_HOOKS_H
#define PATCH_HOOKS_H

#include "dockerfile-patcher/app/launch.h"
#include "dockerfile-patcher/engine/unit.h"
#include "dockerfile-patcher/text/shell.h"

#define HOOK_MODULE "opentelemetry.instrumentation.auto_instrumentation"

enum hook_state {
    HOOK_NOT_NEEDED, /* another server */
    HOOK_READY,      /* there, or planned */
    HOOK_LEFT,       /* left out by an answer */
    HOOK_OPEN,       /* a question is open, or the file was refused */
};

/* A server's command, as far as its config goes. */
struct hook_command {
    const char *server; /* "gunicorn" or "uwsgi"; NULL: no server that needs a hook */
    size_t word;        /* index of the server's name */
    size_t option;      /* index of the word that names the config, SIZE_MAX: none does */
    char *path;         /* the config as the command has it; owned; NULL: none is named */
    char *section;      /* uwsgi: of `file.ini:section`; owned; NULL */
    bool foreign;       /* the config is no file that is edited: python:MODULE, XML, YAML, JSON */
};

void hook_command_of(const char *const *words, size_t count, const struct launch *launch,
                     struct hook_command *command);
void hook_command_free(struct hook_command *command);

/* True where the script goes to another directory in front of that command: a relative config is then looked for there. */
bool hook_is_moved(const struct shell_script *script, size_t command);

/* The name of a config that is new, and the words that lead to it: "-c gunicorn.conf.py". */
const char *hook_file_name(const struct hook_command *command);
const char *hook_option(const struct hook_command *command);

/* The repository's file gets the hook; with --remove it loses it. */
enum hook_state hook_extend(struct unit *unit, struct service *service, const struct hook_command *command,
                            const char *path);

/* A new file that holds the hook and nothing else. */
enum hook_state hook_create(struct unit *unit, struct service *service, const struct hook_command *command,
                            const char *path);

/* Does the server's name call for a hook? NULL: no. */
bool hook_is_for(const char *server);

/* For a file that runs an image: is the hook in its build context, or does this run bring it there? The Dockerfile (NULL:
 * none is known) is planned for that, so that all that links to it has to be known. */
bool hook_of_image(struct unit *unit, struct document *dockerfile, const char *context, const char *server);

/* The config is not in the repository, or no file that is edited: HOOK is asked, "there" or "none". */
enum hook_state hook_ask(struct unit *unit, struct service *service, const struct hook_command *command,
                         struct document *document, size_t offset);

/* gunicorn/hook.c and uwsgi/keys.c: what hook_extend does for a document of theirs. */
enum hook_state gunicorn_extend(struct unit *unit, struct service *service, struct document *document);
enum hook_state uwsgi_extend(struct unit *unit, struct service *service, struct document *document,
                             const char *section);
void gunicorn_remove(struct unit *unit, struct service *service, struct document *document);
void uwsgi_remove(struct unit *unit, struct service *service, struct document *document);

/* Says what hook_extend did where no edit shows it. */
void hook_tell(struct unit *unit, struct document *document, enum hook_state state);

/* A config that no start command of the unit leads to is changed only where the person named it. */
bool hook_is_wanted(const struct unit *unit, const struct document *document);

#endif
