#include "host-setup/settings.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/files.h"
#include "common/memory.h"
#include "common/text.h"

const struct setup_verb_row setup_verbs[] = {
    {"backend", VERB_BACKEND, "the agent, and the app's unit instrumented"},
    {"frontend", VERB_FRONTEND, "the agent with cpu, disk and memory metrics"},
    {"database", VERB_DATABASE, "the agent with cpu, disk and memory metrics"},
    {"agent", VERB_AGENT, "the agent alone, with cpu, disk and memory metrics"},
    {"verify", VERB_VERIFY, "a list of checks, from the agent to the app's own spans"},
    {"status", VERB_STATUS, "what this program has changed"},
    {"undo", VERB_UNDO, "take all of it back"},
};
const size_t setup_verb_count = array_length(setup_verbs);

static bool check_not_empty(const char *value, char **complaint) {
    if (*value && strcspn(value, "\r\n") == strlen(value)) return true;
    *complaint = memory_copy("is empty or has a line end in it");
    return false;
}

static bool check_absolute(const char *value, char **complaint) {
    if (*value == '/' && strcspn(value, " \t\r\n\"'\\%") == strlen(value)) return true;
    *complaint = memory_copy("is not an absolute path without spaces and quotes");
    return false;
}

static bool check_unit(const char *value, char **complaint) {
    if (text_ends(value, ".service") && !strchr(value, '/')) return true;
    *complaint = memory_copy("is not the name of a service, like app.service");
    return false;
}

static bool check_digest(const char *value, char **complaint) {
    if (strlen(value) == 64 && strspn(value, "0123456789abcdefABCDEF") == 64) return true;
    *complaint = memory_copy("is not a SHA-256 of 64 hexadecimal digits");
    return false;
}

static bool check_mode(const char *value, char **complaint) {
    if (text_has_word("auto ec2 onPremise", value)) return true;
    *complaint = memory_copy("is not one of: auto, ec2, onPremise");
    return false;
}

static bool check_language(const char *value, char **complaint) {
    if (text_has_word("en ko", value)) return true;
    *complaint = memory_copy("is not one of: en, ko");
    return false;
}

static bool check_root(const char *value, char **complaint) {
    if (files_is_directory(value)) return true;
    *complaint = memory_copy("is not a directory");
    return false;
}

static bool check_url(const char *value, char **complaint) {
    if (text_starts(value, "http://") || text_starts(value, "https://")) return true;
    *complaint = memory_copy("is not a URL like http://localhost:8000/");
    return false;
}

#define VALUE(argument_name) .takes = OPTION_ARGUMENT, .argument = argument_name
#define FLAG .takes = OPTION_NO_ARGUMENT, .without = "on"

const struct option_row setup_options[SETUP_OPTION_COUNT] = {
    [SETUP_SERVICE_NAME] = {"service-name", 's', VALUE("NAME"), .check = check_not_empty,
                            .help = "name of the service in Application Signals; else the unit's"},
    [SETUP_ENVIRONMENT] = {"environment", 'e', VALUE("NAME"), .check = check_not_empty,
                           .help = "deployment environment, such as production"},
    [SETUP_LOG_GROUP] = {"log-group", 0, VALUE("NAME"), .check = check_not_empty,
                         .help = "CloudWatch log group of the app's logs"},
    [SETUP_UNIT] = {"unit", 'u', VALUE("NAME.service"), .check = check_unit,
                    .help = "the app's systemd unit; found by the virtual environment"},
    [SETUP_VENV] = {"venv", 0, VALUE("DIR"), .check = check_absolute,
                    .help = "the app's virtual environment; found by the unit"},
    [SETUP_COMMAND] = {"command", 0, VALUE("COMMAND"), .check = check_not_empty,
                       .help =
                           "where the app has no unit yet: what starts it; its program is an absolute path"},
    [SETUP_APP_DIRECTORY] = {"app-dir", 0, VALUE("DIR"), .check = check_absolute,
                             .help = "where the app has no unit yet: its directory"},
    [SETUP_USER] =
        {"user", 0, VALUE("NAME"), .check = check_not_empty,
         .help = "where the app has no unit yet: whom it runs as; else the owner of the virtual environment"},
    [SETUP_ADOT] = {"adot", 0, VALUE("REQUIREMENT"), .check = check_not_empty,
                    .default_value = "aws-opentelemetry-distro",
                    .help = "what pip installs: a version can be pinned"},
    [SETUP_SHIM] = {"shim", 0, VALUE("FILE|URL"), .check = check_not_empty,
                    .help = "appsig-exec; else the one beside this program"},
    [SETUP_SHIM_SHA256] = {"shim-sha256", 0, VALUE("DIGEST"), .check = check_digest,
                           .help = "its SHA-256; needed for a URL"},
    [SETUP_AGENT_PACKAGE] = {"agent-package", 0, VALUE("FILE|URL"), .check = check_not_empty,
                             .help =
                                 "the agent's rpm or deb; else the system's own package, else AWS's by URL"},
    [SETUP_AGENT_SHA256] = {"agent-sha256", 0, VALUE("DIGEST"), .check = check_digest,
                            .help = "its SHA-256; without it AWS's signature is checked by gpg"},
    [SETUP_AGENT_MODE] = {"mode", 'm', VALUE("auto|ec2|onPremise"), .check = check_mode,
                          .default_value = "auto", .help = "the agent's mode: ec2, onPremise, or auto"},
    [SETUP_NO_RESTART] = {"no-restart", 0, FLAG,
                          .help = "leave the app running as it is until its next start"},
    [SETUP_URL] = {"url", 0, VALUE("URL"), .check = check_url,
                   .help = "with verify: call the app there, and see its spans go out"},
    [SETUP_BACKEND] = {"backend", 0, FLAG,
                       .help = "with verify: ask AWS by its CLI whether the service is there"},
    [SETUP_PLAN] = {"plan", 'n', FLAG, .help = "print every command and file, and touch nothing"},
    [SETUP_JSON] = {"json", 'j', FLAG, .help = "print JSON"},
    [SETUP_ROOT] = {"root", 0, VALUE("DIR"), .check = check_root,
                    .help = "work on the tree of an image: paths and programs are those below it"},
    [SETUP_LANGUAGE] = {"language", 0, VALUE("en|ko"), .check = check_language,
                        .help = "of the texts; else by the locale"},
    [SETUP_HELP] = {"help", 'h', FLAG, .help = "print this text"},
    [SETUP_VERSION] = {"version", 'V', FLAG, .help = "print the version, and what is linked in"},
};

static void option_value(size_t row, const char *value, void *context) {
    struct setup_settings *settings = context;
    settings->values[row] = value;
}

static bool parse_verb(struct setup_settings *settings, const char *word, struct error **error) {
    for (size_t i = 0; i < setup_verb_count; i++) {
        if (strcmp(setup_verbs[i].name, word) != 0) continue;
        settings->verb = setup_verbs[i].verb;
        return true;
    }
    cleanup_free char *shown = text_printable(word, 80);
    return error_set(error, SETUP_USAGE,
                     "'%s' is not one of: backend, frontend, database, agent, verify, status, undo", shown);
}

static void set_root(struct setup_settings *settings) {
    /* realpath: what runs below the tree is found by it, wherever this program goes */
    const char *given = settings->values[SETUP_ROOT];
    settings->real_root = given ? realpath(given, NULL) : NULL;
    settings->root = settings->real_root && strcmp(settings->real_root, "/") != 0 ? settings->real_root : "";
}

bool setup_settings_parse(struct setup_settings *settings, int argc, char *const *argv,
                          struct error **error) {
    *settings = (struct setup_settings){.verb = VERB_MENU, .root = ""};
    int at = 0;
    if (!options_parse(setup_options, SETUP_OPTION_COUNT, argc, argv, SETUP_USAGE, option_value, settings,
                       &at, error))
        return false;
    if (at < argc) {
        if (!parse_verb(settings, argv[at], error)) return false;
        int rest = 0;
        if (!options_parse(setup_options, SETUP_OPTION_COUNT, argc - at, argv + at, SETUP_USAGE, option_value,
                           settings, &rest, error))
            return false;
        if (rest < argc - at) {
            cleanup_free char *shown = text_printable(argv[at + rest], 80);
            return error_set(error, SETUP_USAGE, "'%s' is one word too many", shown);
        }
    }
    set_root(settings);
    return true;
}

void setup_settings_free(struct setup_settings *settings) {
    free(settings->real_root);
    strings_free(&settings->answers);
}

int setup_usage(void) {
    puts(
        "usage: appsig-setup [OPTION...] [VERB] [OPTION...]\n\n"
        "Makes this host ready for AWS Application Signals, and says whether data flows. On a terminal and without a\n"
        "verb it asks what is to be done.\n\nverbs:");
    for (size_t i = 0; i < setup_verb_count; i++)
        printf("  %-32s%s\n", setup_verbs[i].name, setup_verbs[i].help);
    puts("\noptions:");
    options_print(stdout, setup_options, SETUP_OPTION_COUNT);
    puts(
        "\nexit codes: 0 done, 1 a check found something, 2 a value is missing, 3 a step failed or the host\n"
        "is refused, 64 usage");
    return fflush(stdout) == 0 ? SETUP_DONE : SETUP_FAILED;
}
