#include "dockerfile-patcher/settings.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/memory.h"
#include "dockerfile-patcher/engine/finding.h"
#include "dockerfile-patcher/engine/format.h"
#include "dockerfile-patcher/text/ini.h"

static bool refuse(char **complaint, const char *text) {
    *complaint = memory_copy(text);
    return false;
}

static bool check_set(const char *value, char **complaint) {
    struct answers answers = {0};
    bool valid = answers_add_set(&answers, value);
    answers_free(&answers);
    return valid || refuse(complaint, "is not NAME=VALUE or PATH:NAME=VALUE with a name in capitals");
}

static bool check_only(const char *value, char **complaint) {
    if (format_named(value)) return true;
    struct text names = {0};
    text_add(&names, "takes one of:");
    for (size_t i = 0; i < format_count; i++) text_add_format(&names, " %s", format_rows[i]->name);
    *complaint = text_take(&names);
    return false;
}

static bool check_style(const char *value, char **complaint) {
    return strcmp(value, "shim") == 0 || strcmp(value, "guide") == 0 ||
           refuse(complaint, "takes shim or guide");
}

static const char *const severities[] = {"note", "warning", "error"};

static bool check_severity(const char *value, char **complaint) {
    for (size_t i = 0; i < array_length(severities); i++)
        if (strcmp(value, severities[i]) == 0) return true;
    return refuse(complaint, "takes note, warning or error");
}

/* Never a bare name: whoever registered it first could run code in the user's build. */
static bool check_shim_source(const char *value, char **complaint) {
    if (strcmp(value, "copy") == 0) return true;
    const char *at = strstr(value, "@sha256:");
    if (text_starts(value, "image="))
        return (at && strlen(at) == 8 + 64) ||
               refuse(complaint, "needs an image by digest: image=REF@sha256:64 digits");
    if (text_starts(value, "url=")) {
        const char *sign = strstr(value, "#sha256=");
        bool good = sign && text_starts(value, "url=https://") && !strchr(value, '\'') &&
                    strspn(sign + 8, "0123456789abcdef") == 64 && sign[8 + 64] == '\0';
        return good || refuse(complaint, "needs https and a digest: url=https://...#sha256=64 digits");
    }
    if (!text_starts(value, "wheel=") || value[6] == '\0')
        return refuse(complaint, "takes copy, wheel=FILE, wheel=URL#sha256=..., image=REF@sha256:... or "
                                 "url=URL#sha256=...");
    if (!strstr(value, "://")) return true;
    return strstr(value, "#sha256=") || refuse(complaint, "needs the digest of a URL: wheel=URL#sha256=...");
}

/* name, letter, takes, argument, without, default, environment, section, key, check, help, repeats */
const struct option_row patch_options[] = {
    {"diff", 0, OPTION_NO_ARGUMENT, NULL, "diff", NULL, NULL, NULL, NULL, NULL,
     "print a unified diff that git apply takes; this is the default", false},
    {"write", 'w', OPTION_NO_ARGUMENT, NULL, "write", NULL, NULL, NULL, NULL, NULL, "change the files",
     false},
    {"check", 'c', OPTION_NO_ARGUMENT, NULL, "check", NULL, NULL, NULL, NULL, NULL,
     "change and print no files; exit 1 where there is something to change", false},
    {"json", 0, OPTION_NO_ARGUMENT, NULL, "true", NULL, NULL, NULL, NULL, NULL,
     "print files, edits, questions and findings as JSON", false},
    {"lint", 0, OPTION_NO_ARGUMENT, NULL, "true", NULL, NULL, NULL, NULL, NULL,
     "change nothing, and tell where the files of the repository contradict each other", false},
    {"fail-on", 0, OPTION_ARGUMENT, "SEVERITY", NULL, "error", NULL, "patch", "fail-on", check_severity,
     "exit 1 where --lint finds something as grave: note, warning or error", false},
    {"sarif", 0, OPTION_NO_ARGUMENT, NULL, "true", NULL, NULL, NULL, NULL, NULL,
     "print what --lint finds as SARIF 2.1.0", false},
    {"lint-rules", 0, OPTION_NO_ARGUMENT, NULL, "lint-rules", NULL, NULL, NULL, NULL, NULL,
     "print what --lint looks for, as a page in Markdown", false},
    {"set", 's', OPTION_ARGUMENT, "[PATH:]NAME=VALUE", NULL, NULL, NULL, NULL, NULL, check_set,
     "answer a question, for one file or for all", true},
    {"answers", 'a', OPTION_ARGUMENT, "FILE", NULL, NULL, "APPSIG_PATCH_ANSWERS", NULL, NULL, NULL,
     "read answers: NAME = VALUE lines, below [PATH] for one file", true},
    {"only", 0, OPTION_ARGUMENT, "KIND", NULL, NULL, NULL, "patch", "only", check_only,
     "look at files of this kind only", true},
    {"exclude", 'x', OPTION_ARGUMENT, "GLOB", NULL, NULL, NULL, "patch", "exclude", NULL,
     "leave out paths below the root that match, as in .gitignore", true},
    {"style", 0, OPTION_ARGUMENT, "shim|guide", NULL, "shim", "APPSIG_PATCH_STYLE", "patch", "style",
     check_style, "start the app through appsig-exec, or exactly as AWS's guide has it", false},
    {"shim-source", 0, OPTION_ARGUMENT, "SOURCE", NULL, "copy", "APPSIG_PATCH_SHIM_SOURCE", "patch",
     "shim-source", check_shim_source,
     "where appsig-exec comes from: copy, wheel=FILE, wheel=URL#sha256=..., image=REF@sha256:..., "
     "url=URL#sha256=... (machines)",
     false},
    {"shim-binary", 0, OPTION_ARGUMENT, "FILE", NULL, "beside appsig-patch", "APPSIG_PATCH_SHIM_BINARY", NULL,
     NULL, NULL, "the appsig-exec that is copied into the build context; once for each architecture", true},
    {"pin", 0, OPTION_NO_ARGUMENT, NULL, "true", NULL, NULL, "patch", "pin", NULL,
     "write versions behind the packages that are installed", false},
    {"create-role", 0, OPTION_NO_ARGUMENT, NULL, "true", NULL, NULL, "patch", "create-role", NULL,
     "make a role for an instance that has none, instead of asking", false},
    {"report", 'r', OPTION_ARGUMENT, "FILE", NULL, NULL, NULL, NULL, NULL, NULL,
     "write the summary to a Markdown file as well", false},
    {"drop-in", 0, OPTION_NO_ARGUMENT, NULL, "true", NULL, NULL, "patch", "drop-in", NULL,
     "leave systemd units as they are and write NAME.service.d/10-appsig.conf beside them", false},
    {"remove", 0, OPTION_NO_ARGUMENT, NULL, "true", NULL, NULL, NULL, NULL, NULL,
     "take out what appsig-patch has put in", false},
    {"binary", 0, OPTION_NO_ARGUMENT, NULL, "true", NULL, NULL, NULL, NULL, NULL,
     "have new binary files whole in the diff", false},
    {"no-ask", 0, OPTION_NO_ARGUMENT, NULL, "true", NULL, NULL, NULL, NULL, NULL,
     "never put questions on the terminal", false},
    {"help", 'h', OPTION_NO_ARGUMENT, NULL, "help", NULL, NULL, NULL, NULL, NULL, "print this", false},
    {"version", 'V', OPTION_NO_ARGUMENT, NULL, "version", NULL, NULL, NULL, NULL, NULL, "print the version",
     false},
};
const size_t patch_option_count = array_length(patch_options);

static void set_style(struct settings *settings, const char *value) {
    settings->style = strcmp(value, "guide") == 0 ? STYLE_GUIDE : STYLE_SHIM;
}

static void set_shim_source(struct settings *settings, const char *value) {
    const char *sign = strchr(value, '=');
    settings->shim_source = !sign                         ? SHIM_COPY
                            : text_starts(value, "wheel") ? SHIM_WHEEL
                            : text_starts(value, "url")   ? SHIM_URL
                                                          : SHIM_IMAGE;
    free(settings->shim_reference);
    settings->shim_reference = sign ? memory_copy(sign + 1) : NULL;
}

struct parsing {
    struct settings *settings;
    bool never_ask;
};

/* The names are the rows' own; given() and the conf file come through here. */
static void apply(struct parsing *parsing, const char *name, const char *value) {
    struct settings *settings = parsing->settings;
    if (strcmp(name, "diff") == 0) settings->mode = MODE_DIFF;
    if (strcmp(name, "write") == 0) settings->mode = MODE_WRITE;
    if (strcmp(name, "check") == 0) settings->mode = MODE_CHECK;
    if (strcmp(name, "json") == 0) settings->json = true;
    if (strcmp(name, "lint") == 0) settings->lint = true;
    if (strcmp(name, "sarif") == 0) settings->sarif = true;
    if (strcmp(name, "fail-on") == 0)
        while (strcmp(value, severities[settings->fail_on]) != 0)
            settings->fail_on = settings->fail_on == SEVERITY_ERROR ? SEVERITY_NOTE : settings->fail_on + 1;
    if (strcmp(name, "set") == 0) answers_add_set(&settings->answers, value);
    if (strcmp(name, "answers") == 0) strings_add(&settings->answer_files, value);
    if (strcmp(name, "only") == 0) strings_add(&settings->only, value);
    if (strcmp(name, "exclude") == 0) strings_add(&settings->exclude, value);
    if (strcmp(name, "style") == 0) set_style(settings, value);
    if (strcmp(name, "shim-source") == 0) set_shim_source(settings, value);
    if (strcmp(name, "shim-binary") == 0) strings_add(&settings->shim_paths, value);
    if (strcmp(name, "pin") == 0) settings->pin = strcmp(value, "false") != 0;
    if (strcmp(name, "create-role") == 0) settings->create_role = strcmp(value, "false") != 0;
    if (strcmp(name, "report") == 0) {
        free(settings->report_path);
        settings->report_path = memory_copy(value);
    }
    if (strcmp(name, "drop-in") == 0) settings->drop_in = strcmp(value, "false") != 0;
    if (strcmp(name, "remove") == 0) settings->remove = true;
    if (strcmp(name, "binary") == 0) settings->binary_diff = true;
    if (strcmp(name, "no-ask") == 0) parsing->never_ask = true;
    if (strcmp(name, "help") == 0 || strcmp(name, "version") == 0 || strcmp(name, "lint-rules") == 0)
        settings->show = value;
}

static void given(size_t row, const char *value, void *context) {
    struct parsing *parsing = context;
    const char *name = patch_options[row].name;
    if (text_has_word("sarif fail-on", name)) parsing->settings->lint_only = name;
    apply(parsing, name, value);
}

static bool take_environment(struct parsing *parsing, struct error **error) {
    for (size_t i = 0; i < patch_option_count; i++) {
        const struct option_row *row = &patch_options[i];
        const char *value = row->environment ? getenv(row->environment) : NULL;
        cleanup_free char *complaint = NULL;
        if (!value || !*value) continue;
        if (row->check && !row->check(value, &complaint))
            return error_set(error, EXIT_USAGE, "'%s' %s", row->environment, complaint);
        apply(parsing, row->name, value);
    }
    return true;
}

struct answer_file {
    struct answers *answers;
    const char *path;
};

static bool take_answer(const char *section, const char *name, const char *value, size_t line, void *context,
                        char **complaint) {
    struct answer_file *file = context;
    cleanup_free char *origin = memory_format("%s:%zu", file->path, line);
    if (strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") != strlen(name))
        return refuse(complaint, "has a name that is not in capitals");
    answers_add(file->answers, section && *section ? section : NULL, name, value, origin);
    return true;
}

static void copy_answers(struct answers *to, const struct answers *from, bool from_set) {
    for (size_t i = 0; i < from->count; i++) {
        const struct answer *answer = &from->items[i];
        if ((strcmp(answer->origin, "--set") == 0) == from_set)
            answers_add(to, answer->scope, answer->name, answer->value, answer->origin);
    }
}

static bool read_answers(struct settings *settings, struct error **error) {
    struct answers read = {0};
    bool done = true;
    copy_answers(&read, &settings->answers, false);
    for (size_t i = 0; i < settings->answer_files.count && done; i++) {
        struct answer_file file = {&read, settings->answer_files.items[i]};
        done = ini_read(file.path, false, take_answer, &file, error);
    }
    /* --set comes last, as the later of two equally special answers wins; the conf file's came first. */
    copy_answers(&read, &settings->answers, true);
    answers_free(&settings->answers);
    settings->answers = read;
    return done;
}

static bool take_conf(const char *section, const char *name, const char *value, size_t line, void *context,
                      char **complaint) {
    struct parsing *parsing = context;
    if (!section || strcmp(section, "patch") != 0) {
        struct answer_file file = {&parsing->settings->answers, ".appsig-patch.ini"};
        bool general = section && strcmp(section, "answers") == 0;
        return take_answer(general ? NULL : section, name, value, line, &file, complaint);
    }
    for (size_t i = 0; i < patch_option_count; i++) {
        const struct option_row *row = &patch_options[i];
        if (!row->key || strcmp(row->key, name) != 0) continue;
        if (row->check && !row->check(value, complaint)) return false;
        return apply(parsing, row->name, value), true;
    }
    *complaint = memory_format("has an unknown key '%s'", name);
    return false;
}

/* Options may stand behind the roots as well: people add --write to the line that they have just run. */
static bool take_arguments(struct parsing *parsing, struct error **error) {
    struct settings *settings = parsing->settings;
    int argc = settings->argument_count;
    char *const *argv = settings->arguments;
    for (int at = 0; at < argc;) {
        int operands;
        if (!options_parse(patch_options, patch_option_count, argc - at, argv + at, EXIT_USAGE, given,
                           parsing, &operands, error))
            return false;
        at += operands;
        bool rest = strcmp(argv[at - 1], "--") == 0;
        for (; at < argc && rest; at++) strings_add(&settings->roots, argv[at]);
        if (at < argc) strings_add(&settings->roots, argv[at]);
    }
    if (settings->roots.count == 0) strings_add(&settings->roots, ".");
    return true;
}

static bool take_all(struct settings *settings, const char *conf, struct error **error) {
    struct parsing parsing = {.settings = settings};
    settings->fail_on = SEVERITY_ERROR;
    if (conf && !ini_read(conf, true, take_conf, &parsing, error)) return false;
    if (!take_environment(&parsing, error) || !take_arguments(&parsing, error)) return false;
    if (settings->lint_only && !settings->lint)
        return error_set(error, EXIT_USAGE, "'--%s' has a meaning with --lint only", settings->lint_only);
    bool terminal = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
    const char *no_color = getenv("NO_COLOR");
    settings->ask = terminal && !parsing.never_ask && !settings->json && settings->mode != MODE_CHECK;
    settings->colour = isatty(STDOUT_FILENO) && (!no_color || !*no_color);
    return read_answers(settings, error);
}

bool settings_parse(struct settings *settings, int argc, char *const *argv, struct error **error) {
    *settings = (struct settings){.argument_count = argc, .arguments = argv};
    return take_all(settings, NULL, error);
}

bool settings_for_root(struct settings *settings, const struct settings *command_line, const char *root,
                       struct error **error) {
    *settings = (struct settings){.argument_count = command_line->argument_count,
                                  .arguments = command_line->arguments,
                                  .shims = command_line->shims};
    cleanup_free char *conf = text_join_path(root, ".appsig-patch.ini");
    return take_all(settings, conf, error);
}

void settings_free(struct settings *settings) {
    answers_free(&settings->answers);
    free(settings->shim_reference);
    free(settings->report_path);
    strings_free(&settings->shim_paths);
    strings_free(&settings->only);
    strings_free(&settings->exclude);
    strings_free(&settings->answer_files);
    strings_free(&settings->roots);
}
