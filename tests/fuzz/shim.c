/* The rows of appsig-exec. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/memory.h"
#include "shim/carriers.h"
#include "shim/command.h"
#include "shim/conf.h"
#include "shim/endpoint.h"
#include "shim/env_words.h"
#include "shim/forks.h"
#include "shim/identity.h"
#include "shim/metadata.h"
#include "shim/plan.h"
#include "shim/probe.h"
#include "shim/serverconfig.h"
#include "shim/wrapper_options.h"
#include "tests/fuzz/target.h"

static char *const no_environment[] = {NULL};

/* What only reads files gets the bytes as one; the caller closes it. */
static int file_of(const char *bytes, size_t length, char **path) {
    int descriptor = memfd_create("fuzz", MFD_CLOEXEC);
    if (descriptor < 0 || write(descriptor, bytes, length) != (ssize_t)length) abort();
    *path = memory_format("/proc/self/fd/%d", descriptor);
    return descriptor;
}

static void fuzz_command(const struct fuzz_target *target, const char *bytes, size_t length) {
    size_t count;
    cleanup_free char **words = fuzz_words(bytes, length, &count);
    if (count == 0) return;
    struct command command;
    command_recognise(words, &command);
    fuzz_holds(command.program < count && command.server_word < count && command.script < count &&
                   command.module < count,
               target, "what it names is a word of the command line");
    struct fork_facts facts;
    fork_facts_gather(&command, words, no_environment, "/nonexistent", &facts);
    fork_row_for(&command, &facts);
    const char *option;
    plan_wrapper_rejects(words, &option);
    struct env_effect effect;
    if (env_words_change(words, "PATH", &effect))
        fuzz_holds(effect.at <= count, target, "the word of an env is there");
    env_words_empty(words);
    const struct carrier_row *carrier = carrier_by_program(text_base_name(words[0]));
    fuzz_holds(!carrier || carrier_command(carrier, words) < count, target, "a carrier's command is there");
}

static void fuzz_settings(const struct fuzz_target *target, const char *bytes, size_t length) {
    size_t count;
    cleanup_free char **words = fuzz_words(bytes, length, &count);
    cleanup_error struct error *error = NULL;
    struct settings settings;
    int operands = 0;
    if (count == 0 || count > 4096) return;
    if (settings_read((int)count, words, no_environment, &settings, &operands, &error))
        fuzz_holds(operands >= 1 && (size_t)operands <= count, target, "the command is within the words");
    else
        fuzz_holds(error && error->message && *error->message, target, "a refusal says why");
    settings_free(&settings);
}

static void fuzz_conf(const struct fuzz_target *target, const char *bytes, size_t length) {
    cleanup_free char *path = NULL;
    cleanup_fd int descriptor = file_of(bytes, length, &path);
    struct conf conf;
    struct strings complaints = {0};
    (void)descriptor;
    conf_read(path, true, &conf, &complaints);
    for (size_t i = 0; i < conf.count; i++)
        fuzz_holds(conf.entries[i].line > 0 && conf.entries[i].key && conf.entries[i].value, target,
                   "an entry has a line, a key and a value");
    conf_find(&conf, "service", "name");
    conf_free(&conf);
    strings_free(&complaints);
}

static void fuzz_server_config(const struct fuzz_target *target, const char *bytes, size_t length) {
    cleanup_free char *path = NULL;
    cleanup_fd int descriptor = file_of(bytes, length, &path);
    (void)target;
    (void)descriptor;
    cleanup_free char *bind = serverconfig_value("/", path, "bind http http-socket");
    char *words[] = {"gunicorn", "-c", path, "app:app", NULL};
    struct command command;
    struct fork_facts facts;
    command_recognise(words, &command);
    fork_facts_gather(&command, words, no_environment, "/", &facts);
}

/* Whatever a stranger answers: a verdict of the kind, and a name that is printable and ends. */
static void fuzz_answer(const struct fuzz_target *target, const char *bytes, size_t length) {
    static const int statuses[] = {200, 403, 404, 502};
    static const char *const types[] = {NULL, "application/x-protobuf", "text/html", "application/json"};
    char name[PROBE_NAME_SIZE];
    for (size_t i = 0; i < array_length(statuses); i++)
        for (size_t k = 0; k < array_length(types); k++)
            for (enum question question = QUESTION_OTLP; question <= QUESTION_IMDS; question++) {
                enum answer answer = probe_judge(question, statuses[i], types[k], bytes, length);
                fuzz_holds(answer >= ANSWER_NONE && answer <= ANSWER_OPEN, target,
                           "an answer is one of ours");
            }
    for (int kind = 0; kind < 2; kind++) {
        bool found = kind ? metadata_container_name(bytes, length, name, sizeof name)
                          : metadata_plain_name(bytes, length, name, sizeof name);
        fuzz_holds(memchr(name, '\0', sizeof name) && found == (*name != '\0'), target, "a name ends");
        for (const char *at = name; *at; at++)
            fuzz_holds(*at >= ' ' && *at <= '~', target, "a name is printable");
    }
}

static void fuzz_words_of_names(const struct fuzz_target *target, const char *bytes, size_t length) {
    struct endpoint endpoint;
    (void)length;
    if (endpoint_parse(bytes, &endpoint)) {
        cleanup_free char *base = endpoint_base(&endpoint);
        fuzz_holds(endpoint.port > 0 && endpoint.port < 65536 && *endpoint.host, target,
                   "an endpoint has a host and a port");
    }
    cleanup_free char *attribute = identity_resource_attribute(bytes, "service.name");
    cleanup_free char *owner = identity_pod_owner(bytes);
    cleanup_free char *module = identity_app_module(bytes);
    cleanup_free char *django = identity_django_literal(bytes);
    fuzz_holds(!attribute || *attribute, target, "an attribute that is found is not empty");
}

const struct fuzz_target fuzz_targets[] = {
    {"command", "fuzz/seeds/command/*", NULL, fuzz_command},
    {"settings", "fuzz/seeds/settings/*", NULL, fuzz_settings},
    {"conf", "fuzz/seeds/conf/*", NULL, fuzz_conf},
    {"server-config", "cases/*gunicorn*.py cases/*.ini", NULL, fuzz_server_config},
    {"answer", "fuzz/seeds/answer/*", NULL, fuzz_answer},
    {"names", "fuzz/seeds/names/*", NULL, fuzz_words_of_names},
};
const size_t fuzz_target_count = array_length(fuzz_targets);
