#include "dockerfile-patcher/app/launch.h"

#include <string.h>

#include "common/memory.h"
#include "common/text.h"

static const struct {
    const char *program;
    const char *agent;
} agents[] = {
    {"appsig-exec", "appsig-exec"},
    {"aws-opentelemetry-distro", "ADOT"},
    {"opentelemetry-instrument", "OpenTelemetry"},
    {"opentelemetry-distro", "OpenTelemetry"},
    {"opentelemetry-bootstrap", "OpenTelemetry"},
    {"ddtrace-run", "ddtrace"},
    {"ddtrace", "ddtrace"},
    {"newrelic-admin", "newrelic"},
    {"newrelic", "newrelic"},
    {"splunk-py-trace", "splunk"},
    {"splunk-opentelemetry", "splunk"},
    {"sw-python", "skywalking"},
    {"elasticapm-run", "elastic-apm"},
};

/* `options`: single options that take the next word. `words`: fixed words behind the options (a user, a script). */
static const struct {
    const char *program;
    const char *second; /* the word that must follow, or NULL */
    const char *options;
    unsigned words;
    char kind; /* i init, u user switch, r runner, p plain prefix */
} leads[] = {
    {"tini", NULL, "-e -p", 0, 'i'},
    {"tini-static", NULL, "-e -p", 0, 'i'},
    {"dumb-init", NULL, "-r --rewrite", 0, 'i'},
    {"catatonit", NULL, "", 0, 'i'},
    {"docker-init", NULL, "", 0, 'i'},
    {"gosu", NULL, "", 1, 'u'},
    {"su-exec", NULL, "", 1, 'u'},
    {"chpst", NULL, "-u -U -e", 0, 'u'},
    {"setpriv", NULL, "--reuid --regid --groups", 0, 'u'},
    {"exec", NULL, "-a", 0, 'p'},
    {"nohup", NULL, "", 0, 'p'},
    {"poetry", "run", "-C --directory -P --project", 0, 'r'},
    {"pipenv", "run", "", 0, 'r'},
    {"pdm", "run", "-p --project", 0, 'r'},
    {"rye", "run", "", 0, 'r'},
    {"hatch", "run", "", 0, 'r'},
    {"uv", "run", "--package --project --directory --env-file --extra --group --with -p --python --index-url",
     0, 'r'},
    {"conda", "run", "-n --name -p --prefix --cwd", 0, 'r'},
    {"mamba", "run", "-n --name -p --prefix --cwd", 0, 'r'},
    {"micromamba", "run", "-n --name -p --prefix --cwd", 0, 'r'},
};

static const struct {
    const char *program;
    enum launch_kind kind;
} programs[] = {
    {"gunicorn", LAUNCH_PYTHON},
    {"uvicorn", LAUNCH_PYTHON},
    {"uwsgi", LAUNCH_PYTHON},
    {"pyuwsgi", LAUNCH_PYTHON},
    {"hypercorn", LAUNCH_PYTHON},
    {"daphne", LAUNCH_PYTHON},
    {"waitress-serve", LAUNCH_PYTHON},
    {"granian", LAUNCH_PYTHON},
    {"flask", LAUNCH_PYTHON},
    {"fastapi", LAUNCH_PYTHON},
    {"celery", LAUNCH_PYTHON},
    {"django-admin", LAUNCH_PYTHON},
    {"streamlit", LAUNCH_PYTHON},
    {"jupyter", LAUNCH_PYTHON},
    {"twistd", LAUNCH_PYTHON},
    {"airflow", LAUNCH_PYTHON},
    {"mlflow", LAUNCH_PYTHON},
    {"sanic", LAUNCH_PYTHON},
    {"chalice", LAUNCH_PYTHON},
    {"dagster", LAUNCH_PYTHON},
    {"rq", LAUNCH_PYTHON},
    {"locust", LAUNCH_PYTHON},
    {"scrapy", LAUNCH_PYTHON},
    {"odoo", LAUNCH_PYTHON},
    {"npm", LAUNCH_FOREIGN},
    {"npx", LAUNCH_FOREIGN},
    {"node", LAUNCH_FOREIGN},
    {"yarn", LAUNCH_FOREIGN},
    {"pnpm", LAUNCH_FOREIGN},
    {"java", LAUNCH_FOREIGN},
    {"nginx", LAUNCH_FOREIGN},
    {"httpd", LAUNCH_FOREIGN},
    {"apache2ctl", LAUNCH_FOREIGN},
    {"php", LAUNCH_FOREIGN},
    {"php-fpm", LAUNCH_FOREIGN},
    {"ruby", LAUNCH_FOREIGN},
    {"bundle", LAUNCH_FOREIGN},
    {"go", LAUNCH_FOREIGN},
    {"dotnet", LAUNCH_FOREIGN},
    {"redis-server", LAUNCH_FOREIGN},
    {"postgres", LAUNCH_FOREIGN},
    {"mysqld", LAUNCH_FOREIGN},
    {"sshd", LAUNCH_FOREIGN},
    {"systemd", LAUNCH_FOREIGN},
    {"init", LAUNCH_FOREIGN},
    {"otelcol", LAUNCH_FOREIGN},
    {"dlv", LAUNCH_FOREIGN},
    {"caddy", LAUNCH_FOREIGN},
    {"tail", LAUNCH_IDLE},
    {"sleep", LAUNCH_IDLE},
    {"cat", LAUNCH_IDLE},
    {"echo", LAUNCH_IDLE},
    {"true", LAUNCH_IDLE},
    {"ls", LAUNCH_IDLE},
    {"pytest", LAUNCH_TEST},
    {"py.test", LAUNCH_TEST},
    {"tox", LAUNCH_TEST},
    {"nox", LAUNCH_TEST},
    {"behave", LAUNCH_TEST},
    {"mypy", LAUNCH_TEST},
    {"flake8", LAUNCH_TEST},
    {"ruff", LAUNCH_TEST},
    {"black", LAUNCH_TEST},
    {"pylint", LAUNCH_TEST},
    {"pre-commit", LAUNCH_TEST},
};

const char *launch_agent(const char *name) {
    for (size_t i = 0; i < array_length(agents); i++)
        if (strcmp(name, agents[i].program) == 0) return agents[i].agent;
    return NULL;
}

static bool is_interpreter(const char *base) {
    if (text_starts(base, "python")) return strspn(base + 6, "0123456789.") == strlen(base + 6);
    return text_starts(base, "pypy") && strspn(base + 4, "0123456789.") == strlen(base + 4);
}

static bool is_shell(const char *base) { return text_has_word("sh bash dash ash zsh ksh", base); }

static enum launch_kind kind_of(const char *base) {
    for (size_t i = 0; i < array_length(programs); i++)
        if (strcmp(base, programs[i].program) == 0) return programs[i].kind;
    return LAUNCH_SCRIPT;
}

/* Moves *at behind one leading program; false where there is none. */
static bool skip_lead(const char *const *words, size_t count, size_t *at, struct launch *launch) {
    const char *base = text_base_name(words[*at]);
    for (size_t i = 0; i < array_length(leads); i++) {
        if (strcmp(base, leads[i].program) != 0) continue;
        size_t next = *at + 1;
        if (leads[i].second && (next >= count || strcmp(words[next], leads[i].second) != 0)) continue;
        next += leads[i].second != NULL;
        for (; next < count && words[next][0] == '-'; next++) {
            if (strcmp(words[next], "--") == 0) {
                next++;
                break;
            }
            if (strcmp(words[next], "-m") == 0 && leads[i].kind == 'r') return false; /* uv run -m MODULE */
            if (text_has_word(leads[i].options, words[next])) next++;
        }
        next += leads[i].words;
        if (next > count) next = count;
        if (leads[i].kind == 'r' && next >= count) return false; /* `poetry run` alone: CMD holds the rest */
        launch->init |= leads[i].kind == 'i';
        launch->user_switch |= leads[i].kind == 'u';
        launch->runner |= leads[i].kind == 'r';
        *at = launch->prefix = next;
        return true;
    }
    return false;
}

static void recognise_python(const char *const *words, size_t count, size_t at, struct launch *launch) {
    launch->kind = LAUNCH_PYTHON;
    for (size_t i = at + 1; i < count; i++) {
        const char *word = words[i];
        if (strcmp(word, "-m") == 0 && i + 1 < count) {
            launch->server = words[i + 1];
            launch->agent = launch_agent(words[i + 1]);
            if (kind_of(words[i + 1]) == LAUNCH_TEST) launch->kind = LAUNCH_TEST;
            return;
        }
        if (word[0] == '-') continue;
        if (strcmp(text_base_name(word), "manage.py") == 0 && i + 1 < count) launch->server = words[i + 1];
        return;
    }
}

void launch_recognise(const char *const *words, size_t count, struct launch *launch) {
    *launch = (struct launch){0};
    size_t at = 0;
    while (at < count && skip_lead(words, count, &at, launch)) {
    }
    launch->command = at;
    if (at >= count) return;
    if (strcmp(words[at], "env") == 0 || strcmp(words[at], "/usr/bin/env") == 0) {
        at++;
        while (at < count && (strchr(words[at], '=') || words[at][0] == '-')) at++;
        launch->command = at;
        if (at >= count) return;
    }
    const char *base = text_base_name(words[at]);
    launch->agent = launch_agent(base);
    if (is_interpreter(base)) return recognise_python(words, count, at, launch);
    if (is_shell(base)) {
        size_t next = at + 1;
        while (next < count && words[next][0] == '-' && !strchr(words[next], 'c')) next++;
        bool text = next + 1 < count && words[next][0] == '-';
        launch->kind = next >= count ? LAUNCH_IDLE : text ? LAUNCH_SHELL : LAUNCH_SCRIPT;
        launch->text = text ? next + 1 : 0;
        return;
    }
    launch->kind = kind_of(base);
    if (launch->kind == LAUNCH_PYTHON) launch->server = base;
}
