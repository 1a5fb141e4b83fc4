#include "shim/carriers.h"

#include <string.h>

#include "common/memory.h"
#include "common/text.h"

static const struct carrier_row rows[] = {
    {"tini tini-static docker-init", CARRIER_EXEC, NULL, "-p -e", 0, false},
    {"dumb-init", CARRIER_EXEC, NULL, "-r --rewrite", 0, false},
    {"catatonit", CARRIER_EXEC, NULL, "", 0, false},
    {"gosu su-exec", CARRIER_EXEC, NULL, "", 1, false},
    {"setpriv", CARRIER_EXEC, NULL,
     "--ambient-caps --inh-caps --bounding-set --groups --regid --rgid --egid --reuid --ruid --euid --pdeathsig "
     "--securebits --selinux-label --apparmor-profile",
     0, false},
    {"chpst s6-setuidgid setuidgid", CARRIER_EXEC, NULL, "-u -U -b -e -/ -C -m -d -o -p -f -c -r -t -l -L", 0,
     false},
    {"env", CARRIER_EXEC, NULL, "-u -iu --unset -C --chdir", 0, true},
    {"nice", CARRIER_EXEC, NULL, "-n --adjustment", 0, false},
    {"ionice", CARRIER_EXEC, NULL, "-c -n -p --class --classdata", 0, false},
    {"taskset chrt", CARRIER_EXEC, NULL, "", 1, false},
    {"nohup setsid", CARRIER_EXEC, NULL, "", 0, false},
    {"stdbuf", CARRIER_EXEC, NULL, "-i -o -e --input --output --error", 0, false},
    {"timeout", CARRIER_EXEC, NULL, "-k --kill-after -s --signal", 1, false},
    {"numactl", CARRIER_EXEC, NULL, "", 0, false},
    {"poetry", CARRIER_RUNNER, "run", "-C --directory -P --project", 0, false},
    {"uv", CARRIER_RUNNER, "run",
     "--extra --group --only-group --no-group --env-file --with --with-editable --with-requirements -p --python "
     "--project --directory --package --index-url --config-file --cache-dir",
     0, false},
    {"pipenv", CARRIER_RUNNER, "run", "--python", 0, false},
    {"pdm", CARRIER_RUNNER, "run", "-p --project --venv", 0, false},
    {"hatch rye pixi", CARRIER_RUNNER, "run", "-e --env", 0, false},
    {"conda mamba micromamba", CARRIER_RUNNER, "run", "-n --name -p --prefix --cwd", 0, false},
    {"sh bash dash ash zsh ksh busybox", CARRIER_SHELL, NULL, "", 0, false},
    {"ddtrace-run", CARRIER_OTHER_INSTRUMENTATION, NULL, "", 0, false},
    {"newrelic-admin", CARRIER_OTHER_INSTRUMENTATION, "run-program", "", 0, false},
    {"splunk-py-trace sw-python elasticapm-run", CARRIER_OTHER_INSTRUMENTATION, NULL, "", 0, false},
};

const struct carrier_row *carrier_by_program(const char *base_name) {
    for (size_t i = 0; i < array_length(rows); i++)
        if (text_has_word(rows[i].programs, base_name)) return &rows[i];
    return NULL;
}

static bool is_assignment(const char *word) {
    size_t name = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");
    return name > 0 && word[name] == '=';
}

size_t carrier_command(const struct carrier_row *row, char *const *argv) {
    size_t at = 1;
    bool subcommand_seen = row->subcommand == NULL;
    int operands = row->operands;
    for (; argv[at]; at++) {
        const char *word = argv[at];
        if (strcmp(word, "--") == 0 && subcommand_seen && operands == row->operands) continue;
        if (word[0] == '-' && (word[1] != '\0' || row->assignments)) {
            if (text_has_word(row->valued, word) && argv[at + 1]) at++;
            continue;
        }
        if (row->assignments && is_assignment(word)) continue;
        if (!subcommand_seen) {
            if (strcmp(word, row->subcommand) != 0) return 0;
            subcommand_seen = true;
            continue;
        }
        if (operands > 0) {
            operands--;
            continue;
        }
        return at;
    }
    return 0;
}
