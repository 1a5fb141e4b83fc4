#include "dockerfile-patcher/formats/dockerfile/install.h"
#include "dockerfile-patcher/text/find.h"

#include <stdint.h>
#include <string.h>

#include "common/text.h"
#include "dockerfile-patcher/app/launch.h"
#include "dockerfile-patcher/text/shell.h"

struct reader {
    struct dockerfile *file;
    struct installs *installs;
    const struct instruction *instruction;
    size_t index;
    const char *text;      /* the shell text that spans speak of; NULL for the JSON form */
    const char *activated; /* . DIR/bin/activate */
    const char *conda;     /* conda activate NAME */
};

/* Options that say which environment is meant: they are carried over. Those with a value have a '='. */
static const char *const carried[] = {
    "--system",        "--user",    "--break-system-packages",
    "--prefix=",       "--target=", "-t=",
    "--root=",         "--python=", "-p=",
    "--index-url=",    "-i=",       "--extra-index-url=",
    "--trusted-host=", "--proxy=",  "--cert=",
    "--find-links=",   "-f=",
};

/* Options whose value is the next word and no package. */
static const char valued[] =
    "-r --requirement -c --constraint -i --index-url --extra-index-url --trusted-host --proxy --cert --find-links -f "
    "--prefix --target -t --root --python -p --timeout --retries --cache-dir --no-binary --only-binary --src "
    "--platform --implementation --abi --python-version --progress-bar --upgrade-strategy --report --log "
    "--global-option --config-settings -C --build --resolution --group";

static const char tools[] =
    "pip setuptools wheel poetry poetry-core uv pipenv pdm pip-tools virtualenv hatch build twine tox nox flit "
    "conda-lock pipx cython numpy-config supervisor awscli meson ninja";

static const char *word_text(const struct reader *reader, const struct shell_word *word) {
    if (word->plain && !word->quoted) return word->value;
    if (!reader->text) return word->value;
    return arena_copy(&reader->file->arena, reader->text + word->span.begin,
                      word->span.end - word->span.begin);
}

static void add_word(struct text *out, const char *word) {
    text_add(out, word);
    text_add_char(out, ' ');
}

static void carry(const struct reader *reader, const struct shell_word *words, size_t count,
                  struct text *out) {
    for (size_t i = 0; i < count; i++) {
        const char *value = words[i].value;
        for (size_t row = 0; row < sizeof carried / sizeof *carried; row++) {
            size_t length = strlen(carried[row]);
            bool takes = carried[row][length - 1] == '=';
            size_t bare = length - takes;
            if (strncmp(value, carried[row], bare) != 0 ||
                (value[bare] != '\0' && !(takes && value[bare] == '=')))
                continue;
            add_word(out, word_text(reader, &words[i]));
            if (takes && value[bare] == '\0' && i + 1 < count) add_word(out, word_text(reader, &words[++i]));
            break;
        }
    }
}

/* Requirement files, an instrumentation among the packages, tools only or not. */
static void read_packages(struct reader *reader, const struct shell_word *words, size_t count,
                          struct install *install) {
    const char **files = arena_allocate(&reader->file->arena, (count + 1) * sizeof *files);
    size_t file_count = 0, packages = 0, tool_packages = 0;
    for (size_t i = 0; i < count; i++) {
        const char *value = words[i].value;
        if (strcmp(value, "--require-hashes") == 0) install->hashes = true;
        bool requirement = strcmp(value, "-r") == 0 || strcmp(value, "--requirement") == 0;
        if (requirement && i + 1 < count)
            files[file_count++] = words[++i].value;
        else if (strncmp(value, "-r", 2) == 0 && value[2] && value[2] != '-')
            files[file_count++] = value + 2 + (value[2] == '=');
        else if (strncmp(value, "--requirement=", 14) == 0)
            files[file_count++] = value + 14;
        else if (value[0] == '-') {
            if (strcmp(value, "-e") == 0) packages++;
            if (!strchr(value, '=') && text_has_word(valued, value)) i++;
        } else {
            cleanup_text struct text name = {0};
            text_add_bytes(&name, value, strcspn(value, "[=<>!~;@ "));
            packages++;
            tool_packages += name.length && text_has_word(tools, name.bytes);
            const char *agent = name.length ? launch_agent(name.bytes) : NULL;
            if (agent) install->agent = agent;
        }
    }
    install->files = files;
    install->tool = file_count == 0 && packages == tool_packages;
}

static struct install *add(struct reader *reader, const char *manager, const char *command) {
    struct installs *installs = reader->installs;
    struct arena *arena = &reader->file->arena;
    static const char *const none[] = {NULL};
    installs->items = arena_grow(arena, installs->items, installs->count, sizeof *installs->items);
    struct install *install = &installs->items[installs->count++];
    *install =
        (struct install){.instruction = reader->index, .manager = manager, .behind = "", .files = none};
    install->command = command ? arena_copy(arena, command, strlen(command)) : NULL;
    return install;
}

static const char *bin_parent(struct dockerfile *file, const char *path) {
    const char *bin = strstr(path, "/bin/");
    return bin && bin > path ? arena_copy(&file->arena, path, (size_t)(bin - path)) : NULL;
}

static const char *place_of(struct reader *reader, const char *program) {
    struct dockerfile *file = reader->file;
    int stage = (int)reader->instruction->stage;
    if (program && program[0] == '/') return bin_parent(file, program);
    if (reader->activated) return reader->activated;
    const char *venv = dockerfile_variable(file, stage, reader->index, "VIRTUAL_ENV");
    if (venv) return venv;
    const char *path = dockerfile_variable(file, stage, reader->index, "PATH");
    if (path && path[0] == '/' && !text_starts(path, "/usr/") && strstr(path, "/bin"))
        return bin_parent(file, path);
    return NULL;
}

static void add_pip(struct reader *reader, const struct shell_word *words, size_t count, size_t install_at,
                    bool uv) {
    cleanup_text struct text out = {0};
    const char *program = words[0].value;
    if (reader->activated && !strchr(program, '/') && !uv)
        text_add_format(&out, "%s/bin/", reader->activated);
    if (reader->activated && uv) text_add_format(&out, "VIRTUAL_ENV=%s ", reader->activated);
    if (reader->conda) text_add_format(&out, "conda run -n %s ", reader->conda);
    for (size_t i = 0; i <= install_at; i++)
        if (i == 0 || words[i].value[0] != '-' || strcmp(words[i].value, "-m") == 0)
            add_word(&out, word_text(reader, &words[i]));
    text_add(&out, uv ? "--no-cache " : "--no-cache-dir ");
    carry(reader, words + install_at + 1, count - install_at - 1, &out);
    struct install *install = add(reader, uv ? "uv pip" : "pip", out.bytes);
    install->place = place_of(reader, program);
    for (size_t i = install_at + 1; i < count; i++) {
        const char *value = words[i].value, *sign = strchr(value, '=');
        bool where = text_starts(value, "--prefix") || text_starts(value, "--target") ||
                     strcmp(value, "-t") == 0 || text_starts(value, "--root");
        if (where) install->place = sign ? sign + 1 : i + 1 < count ? words[i + 1].value : NULL;
        if (strcmp(value, "--user") == 0) install->place = ".local";
    }
    read_packages(reader, words + install_at + 1, count - install_at - 1, install);
}

static const char *workdir_venv(struct reader *reader) {
    struct dockerfile *file = reader->file;
    int stage = (int)reader->instruction->stage;
    const char *named = dockerfile_variable(file, stage, reader->index, "UV_PROJECT_ENVIRONMENT");
    if (named) return named;
    size_t workdir = dockerfile_last(file, stage, KEYWORD_WORKDIR, reader->index);
    if (workdir == SIZE_MAX) return "/.venv";
    cleanup_text struct text path = {0};
    text_add_format(&path, "%s/.venv", instruction_arguments(file, &file->instructions[workdir]));
    return arena_copy(&file->arena, path.bytes, path.length);
}

static bool has_word(const struct shell_word *words, size_t count, const char *word) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i].value, word) == 0) return true;
    return false;
}

/* poetry install, pipenv install or sync, pdm install or sync, uv sync: from a lock, into an environment of their own
 * unless told otherwise. */
static void add_locked(struct reader *reader, const struct shell_word *words, size_t count,
                       const char *manager) {
    struct dockerfile *file = reader->file;
    int stage = (int)reader->instruction->stage;
    const char *command = NULL;
    if (strcmp(manager, "poetry") == 0) {
        const char *create = dockerfile_variable(file, stage, reader->index, "POETRY_VIRTUALENVS_CREATE");
        bool system = create && (strcasecmp(create, "false") == 0 || strcmp(create, "0") == 0);
        for (size_t i = 0; i <= reader->index && !system; i++) {
            const struct instruction *run = &file->instructions[i];
            const char *found = run->keyword != KEYWORD_RUN || (int)run->stage == NO_STAGE ||
                                        !dockerfile_in_chain(file, stage, (int)run->stage)
                                    ? NULL
                                    : find_bytes(run->text, run->text_length, "virtualenvs.create ", 19);
            system = found && strncmp(found + 19, "false", 5) == 0;
        }
        command = system ? "pip install --no-cache-dir " : "poetry run pip install --no-cache-dir ";
    } else if (strcmp(manager, "pipenv") == 0) {
        command = has_word(words, count, "--system") ? "pip install --no-cache-dir "
                                                     : "pipenv run pip install --no-cache-dir ";
    } else if (strcmp(manager, "pdm") == 0) {
        command = "pdm run python -m ensurepip && pdm run python -m pip install --no-cache-dir ";
    } else {
        const char *named = dockerfile_variable(file, stage, reader->index, "UV_PROJECT_ENVIRONMENT");
        command = named ? "uv pip install --no-cache --python \"$UV_PROJECT_ENVIRONMENT\" "
                        : "uv pip install --no-cache ";
    }
    struct install *install = add(reader, manager, command);
    install->locked = true;
    install->place = workdir_venv(reader);
}

static void add_conda(struct reader *reader, const struct shell_word *words, size_t count) {
    cleanup_text struct text out = {0};
    const char *program = word_text(reader, &words[0]);
    const char *name = reader->conda;
    for (size_t i = 1; i + 1 < count; i++)
        if (text_has_word("-n --name -p --prefix", words[i].value)) {
            text_add_format(&out, "%s run %s %s pip install --no-cache-dir ", program, words[i].value,
                            word_text(reader, &words[i + 1]));
            struct install *install = add(reader, "conda", out.bytes);
            install->place = "conda";
            return;
        }
    bool creates = has_word(words, count, "create");
    if (creates && !name) {
        add(reader, "conda", NULL)->place = "conda";
        return;
    }
    text_add_format(&out, "%s run %s%s%spip install --no-cache-dir ", program, name ? "-n " : "",
                    name ? name : "", name ? " " : "");
    add(reader, "conda", out.bytes)->place = "conda";
}

static void read_activation(struct reader *reader, const struct shell_word *words, size_t count) {
    const char *program = words[0].value;
    if (count < 2) return;
    const char *tail = strstr(words[1].value, "/bin/activate");
    if (text_has_word(". source", program) && tail)
        reader->activated = arena_copy(&reader->file->arena, words[1].value, (size_t)(tail - words[1].value));
    else if (count > 2 && text_has_word("conda mamba micromamba", program) &&
             strcmp(words[1].value, "activate") == 0)
        reader->conda = words[2].value;
    else if (strcmp(program, "source") == 0 && strcmp(words[1].value, "activate") == 0 && count > 2)
        reader->conda = words[2].value;
}

static void read_text(struct reader *reader, const char *text, size_t length, unsigned depth);

static void read_command(struct reader *reader, const struct shell_word *words, size_t count,
                         unsigned depth) {
    while (count && text_has_word("sudo exec -E -H time", words[0].value)) words++, count--;
    if (count < 2) return;
    const char *base = text_base_name(words[0].value);
    const char *second = words[1].value;
    if (!strchr("pucmsb.", *base)) return; /* the first letters of all that is asked about below */
    bool python = text_starts(base, "python") && count > 3 && strcmp(second, "-m") == 0;
    size_t at = python ? 2 : 0;
    const char *tool = python ? words[2].value : base;
    size_t verb = at + 1;
    while (verb < count && words[verb].value[0] == '-') {
        bool takes = !strchr(words[verb].value, '=') && text_has_word(valued, words[verb].value);
        verb += takes ? 2 : 1;
    }
    if (verb >= count) return;
    const char *action = words[verb].value;
    bool pip = text_starts(tool, "pip") && strspn(tool + 3, "0123456789.") == strlen(tool + 3);
    if (pip && strcmp(action, "install") == 0) return add_pip(reader, words, count, verb, false);
    if (strcmp(tool, "uv") == 0 && strcmp(action, "pip") == 0 && verb + 1 < count &&
        text_has_word("install sync", words[verb + 1].value))
        return add_pip(reader, words, count, verb + 1, true);
    if (strcmp(tool, "uv") == 0 && strcmp(action, "sync") == 0)
        return add_locked(reader, words, count, "uv sync");
    if (text_has_word("poetry pipenv pdm", tool) && text_has_word("install sync", action))
        return add_locked(reader, words, count,
                          text_has_word("poetry", tool)   ? "poetry"
                          : text_has_word("pipenv", tool) ? "pipenv"
                                                          : "pdm");
    if (text_has_word("conda mamba micromamba", tool) && text_has_word("install env create update", action))
        return add_conda(reader, words, count);
    if (text_starts(base, "python") && strcmp(text_base_name(second), "setup.py") == 0 && count > 2 &&
        text_has_word("install develop", words[2].value)) {
        cleanup_text struct text out = {0};
        text_add_format(&out, "%s -m pip install --no-cache-dir ", word_text(reader, &words[0]));
        add(reader, "pip", out.bytes)->place = place_of(reader, words[0].value);
        return;
    }
    if (text_has_word("sh bash", base) && depth == 0 && words[1].value[0] == '-' && strchr(second, 'c') &&
        count > 2) {
        const char *outer = reader->text;
        read_text(reader, words[2].value, strlen(words[2].value), depth + 1);
        reader->text = outer;
        return;
    }
    read_activation(reader, words, count);
}

/* Most RUNs install packages of the system. One pass for pip, uv, poetry, pdm, conda, mamba and setup.py, each by one of
 * its letters. */
static bool is_worth_parsing(const char *text, size_t length) {
    static const struct {
        const char *word;
        size_t length;
    } words[256] = {
        ['p'] = {"pip", 3},   ['v'] = {"v ", 2},    ['y'] = {"y install", 9}, ['d'] = {"dm ", 3},
        ['c'] = {"conda", 5}, ['m'] = {"mamba", 5}, ['s'] = {"setup.py", 8},
    };
    for (const char *at = text, *end = text + length; at < end; at++) {
        size_t wanted = words[(unsigned char)*at].length;
        if (wanted && (size_t)(end - at) >= wanted && memcmp(at, words[(unsigned char)*at].word, wanted) == 0)
            return true;
    }
    return find_text(text, length, "poetry") != NULL;
}

static void read_text(struct reader *reader, const char *text, size_t length, unsigned depth) {
    struct shell_script script;
    if (!is_worth_parsing(text, length)) return;
    shell_parse(&reader->file->arena, text, length, &script);
    reader->text = text;
    for (size_t i = 0; i < script.command_count; i++)
        read_command(reader, script.words + script.commands[i].first, script.commands[i].count, depth);
}

static void read_run(struct reader *reader) {
    const struct instruction *run = reader->instruction;
    reader->activated = reader->conda = NULL;
    if (run->json) {
        struct shell_word *words =
            arena_allocate(&reader->file->arena, (run->word_count + 1) * sizeof *words);
        for (size_t i = 0; i < run->word_count; i++)
            words[i] = (struct shell_word){.value = run->words[i].value, .plain = true};
        reader->text = NULL;
        read_command(reader, words, run->word_count, 0);
        return;
    }
    if (run->heredoc_count) {
        for (size_t i = 0; i < run->heredoc_count; i++)
            read_text(reader, reader->file->source->bytes + run->heredocs[i].body.begin,
                      run->heredocs[i].body.end - run->heredocs[i].body.begin, 0);
        return;
    }
    read_text(reader, run->text + run->arguments.begin, run->arguments.end - run->arguments.begin, 0);
}

void dockerfile_installs(struct dockerfile *file, struct installs *installs) {
    struct reader reader = {.file = file, .installs = installs};
    *installs = (struct installs){0};
    for (reader.index = 0; reader.index < file->count; reader.index++) {
        reader.instruction = &file->instructions[reader.index];
        if (reader.instruction->keyword == KEYWORD_RUN && reader.instruction->stage != SIZE_MAX)
            read_run(&reader);
    }
}
