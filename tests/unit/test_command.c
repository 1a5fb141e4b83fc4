/* Recognition of commands: data in, struct command out. */
#include "tap.h"

#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "shim/command.h"
#include "shim/env_words.h"
#include "shim/forks.h"
#include "shim/wrapper_options.h"

struct row {
    const char *line; /* words separated by single spaces */
    enum server server;
    const char *description;
    const char *app;
    const char *shape; /* of the fork plan; NULL = none */
};

static const struct row rows[] = {
    {"python main.py", SERVER_NONE, "python script", NULL, NULL},
    {"python3.11 -X dev -W ignore main.py --reload", SERVER_NONE, "python script", NULL, NULL},
    {"python -m http.server", SERVER_NONE, "python module", NULL, NULL},
    {"python -c pass", SERVER_NONE, "python", NULL, NULL},
    {"/bin/true", SERVER_NONE, "other program", NULL, NULL},
    {"sh -c x", SERVER_NONE, "shell", NULL, NULL},
    {"flask run", SERVER_FLASK, "flask", NULL, NULL},
    {"flask --app shop --debug run -p 80", SERVER_FLASK, "flask", "shop",
     "run with the reloader (--debug, --reload)"},
    {"flask --debug run --no-reload", SERVER_FLASK, "flask", NULL, NULL},
    {"python manage.py runserver 0.0.0.0:80", SERVER_DJANGO, "django", NULL, "runserver with the reloader"},
    {"./manage.py runserver --noreload", SERVER_DJANGO, "django", NULL, NULL},
    {"python manage.py migrate", SERVER_DJANGO, "django", NULL, NULL},
    {"uvicorn a.b:app --host 0.0.0.0", SERVER_UVICORN, "uvicorn", "a.b:app", NULL},
    {"uvicorn --no-access-log a:app --workers 4", SERVER_UVICORN, "uvicorn", "a:app",
     "--workers > 1 or --reload"},
    {"python -m uvicorn a:app --reload", SERVER_UVICORN, "uvicorn", "a:app", "--workers > 1 or --reload"},
    {"hypercorn -w 0 a:app", SERVER_HYPERCORN, "hypercorn", "a:app", "every shape"},
    {"gunicorn -b 0.0.0.0:80 -w4 --preload a:app", SERVER_GUNICORN, "gunicorn", "a:app",
     "every worker class, -w N, --preload, any config"},
    {"gunicorn --check-config a:app", SERVER_GUNICORN, "gunicorn", "a:app", NULL},
    {"python -m gunicorn a:app", SERVER_GUNICORN, "gunicorn", "a:app",
     "every worker class, -w N, --preload, any config"},
    {"uwsgi --http :80 --module a:app", SERVER_UWSGI, "uwsgi", "a:app", "every other shape"},
    {"uwsgi --emperor /etc/vassals", SERVER_UWSGI, "uwsgi", NULL, "emperor"},
    {"fastapi run app/main.py", SERVER_FASTAPI, "fastapi", NULL, NULL},
    {"fastapi dev main.py", SERVER_FASTAPI, "fastapi", NULL, "dev, --workers > 1 or --reload"},
    {"celery -A shop worker -c 2", SERVER_CELERY, "celery", "shop", NULL},
    {"granian --interface wsgi --workers 2 a:app", SERVER_GRANIAN, "granian", "a:app", NULL},
    {"tini -- gunicorn a:app", SERVER_GUNICORN, "gunicorn", "a:app",
     "every worker class, -w N, --preload, any config"},
    {"tini -g -- gosu web env A=1 B=2 uvicorn a:app", SERVER_UVICORN, "uvicorn", "a:app", NULL},
    {"poetry run gunicorn a:app", SERVER_GUNICORN, "gunicorn", "a:app",
     "every worker class, -w N, --preload, any config"},
    {"uv run --with x uvicorn a:app", SERVER_UVICORN, "uvicorn", "a:app", NULL},
    {"timeout -k 5 60 python manage.py runserver", SERVER_DJANGO, "django", NULL,
     "runserver with the reloader"},
};

static const struct {
    const char *line;
    bool empties;
    const char *assigned; /* to P; "(unset)", "(kept)" */
    size_t at;
} env_rows[] = {
    {"python main.py -i", false, "(kept)", 0},
    {"env python main.py -i", false, "(kept)", 0},
    {"env A=1 stdbuf -i 0 -o L python -u P", false, "(kept)", 0},
    {"env -i A=1 python main.py", true, "(kept)", 0},
    {"env - python main.py", true, "(kept)", 0},
    {"env --ignore-environment python main.py", true, "(kept)", 0},
    {"env -vi python main.py", true, "(kept)", 0},
    {"env -iu P python main.py", true, "(unset)", 3},
    {"env -u -i python main.py", false, "(kept)", 0},
    {"env -u P python main.py", false, "(unset)", 3},
    {"env -uP -C / python main.py", false, "(unset)", 4},
    {"env --unset=P --unset Q python main.py", false, "(unset)", 4},
    {"env -u PP -u Q python main.py", false, "(kept)", 0},
    {"tini -g -- nice -n 5 env A=1 P=/x python main.py", false, "/x", 8},
    {"env P= python main.py", false, "", 1},
    {"env -u P env P=1 gosu web sh -c x", false, "1", 4},
    {"env P=1 env -u P python main.py", false, "(unset)", 5},
    {"sh env -i -u P", false, "(kept)", 0},
    {"env -u P", false, "(kept)", 0},
};

static void split(const char *line, struct strings *words) {
    for (const char *at = line; at; at = strchr(at, ' ') ? strchr(at, ' ') + 1 : NULL)
        strings_add_owned(words, memory_copy_bytes(at, strcspn(at, " ")));
}

static void env_in_front(void) {
    for (size_t i = 0; i < array_length(env_rows); i++) {
        cleanup_strings struct strings words = {0};
        split(env_rows[i].line, &words);
        struct env_effect effect = {0};
        bool changed = env_words_change(words.items, "P", &effect);
        const char *assigned = !changed ? "(kept)" : effect.assigned ? effect.assigned : "(unset)";
        IS_STR(assigned, env_rows[i].assigned, "%s: P", env_rows[i].line);
        OK(effect.at == env_rows[i].at, "%s: the place of P", env_rows[i].line);
        OK(env_words_empty(words.items) == env_rows[i].empties, "%s: emptied or not", env_rows[i].line);
    }
}

static void check(const struct row *row) {
    cleanup_strings struct strings words = {0};
    split(row->line, &words);
    struct command command;
    struct fork_facts facts;
    command_recognise(words.items, &command);
    fork_facts_gather(&command, words.items, (char *[]){NULL}, "/nonexistent", &facts);
    const struct fork_row *fork = fork_row_for(&command, &facts);
    IS_STR(server_name(command.server ? command.server->server : SERVER_NONE), server_name(row->server),
           "%s: server", row->line);
    IS_STR(command_description(&command), row->description, "%s: description", row->line);
    if (row->app) IS_STR(command.fields[FIELD_APP], row->app, "%s: app", row->line);
    IS_STR(fork ? fork->shape : NULL, row->shape, "%s: fork plan", row->line);
}

int main(void) {
    for (size_t i = 0; i < array_length(rows); i++) check(&rows[i]);
    env_in_front();
    OK(wrapper_option_matches("config", 6) >= 2, "--config is ambiguous for opentelemetry-instrument");
    OK(wrapper_option_matches("version", 7) == 1, "--version is one of its own");
    OK(wrapper_option_matches("bind", 4) == 0, "--bind is not");
    return done_testing();
}
