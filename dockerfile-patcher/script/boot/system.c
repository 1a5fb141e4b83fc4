#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/script/boot/model.h"

/* What an image's name, SSM parameter, owner or CDK class says; matched anywhere, small letters. The first that fits. */
static const struct {
    const char *part;
    const char *system;
} image_rows[] = {
    {"al2023", "al2023"},
    {"amazonlinux2023", "al2023"},
    {"amazon_linux_2023", "al2023"},
    {"amazon-linux-2023", "al2023"},
    {"amzn2", "al2"},
    {"amazonlinux2", "al2"},
    {"amazon_linux_2", "al2"},
    {"amazon-linux-2", "al2"},
    {"ubuntu", "ubuntu"},
    {"099720109477", "ubuntu"}, /* Canonical */
    {"debian", "debian"},
    {"136693071363", "debian"},
    {"rhel", "rhel"},
    {"309956199498", "rhel"},
    {"fedora", "fedora"},
    {"centos", "centos"},
    {"rocky", "rhel"},
    {"suse", "suse"},
    {"sles", "suse"},
};

/* Package managers as the guide reads them: dnf is Amazon Linux 2023, yum is Amazon Linux 2. `yum` finds the agent on
 * both, so nothing hangs on it. */
static const struct {
    const char *program;
    const char *system; /* NULL: Ubuntu or Debian */
} manager_rows[] = {
    {"amazon-linux-extras", "al2"},
    {"dnf", "al2023"},
    {"yum", "al2"},
    {"apt-get", NULL},
    {"apt", NULL},
    {"aptitude", NULL},
    {"zypper", "suse"},
    {"microdnf", "rhel"},
};

/* Names of users that only one of the systems' images has, for what apt does not tell. */
static const struct {
    const char *word;
    const char *system;
} user_rows[] = {{"/home/ubuntu", "ubuntu"},
                 {"-u ubuntu", "ubuntu"},
                 {"ubuntu:ubuntu", "ubuntu"},
                 {"su - ubuntu", "ubuntu"},
                 {"/home/admin", "debian"}};

struct evidence_of_system {
    const char *system; /* "" for apt */
    size_t offset;
    const char *shown;
};

static const char *system_of_image(const char *value) {
    cleanup_free char *small = memory_copy(value);
    for (char *at = small; *at; at++)
        if (*at >= 'A' && *at <= 'Z') *at = (char)(*at | 32);
    for (size_t i = 0; i < array_length(image_rows); i++)
        if (strstr(small, image_rows[i].part)) return image_rows[i].system;
    return NULL;
}

static bool from_machine(struct boot *boot) {
    for (size_t i = 0; i < boot->machine->image_count; i++) {
        const char *key = system_of_image(boot->machine->images[i].value);
        if (key) boot->system = agent_system_named(key);
        if (key) return true;
    }
    return false;
}

static const char *manager_of(const struct boot_command *command, size_t *row) {
    if (command->launch.command >= command->count) return NULL;
    const char *base = text_base_name(command->words[command->launch.command]);
    for (*row = 0; *row < array_length(manager_rows); ++*row)
        if (strcmp(base, manager_rows[*row].program) == 0) return base;
    return NULL;
}

/* The managers that the script calls; more than one family is a question. */
static size_t from_commands(struct boot *boot, struct evidence_of_system *found, size_t most) {
    size_t count = 0;
    for (size_t i = 0; i < boot->command_count; i++) {
        size_t row;
        const struct boot_command *command = &boot->commands[i];
        const char *manager = manager_of(command, &row);
        if (!manager) continue;
        if (!*boot->sudo && command->words[0][0] == 's' && strcmp(command->words[0], "sudo") == 0)
            boot->sudo = "sudo ";
        const char *system = manager_rows[row].system ? manager_rows[row].system : "";
        bool known = false;
        for (size_t k = 0; k < count; k++) known |= strcmp(found[k].system, system) == 0;
        if (known || count == most) continue;
        found[count++] = (struct evidence_of_system){system, command->at, manager};
    }
    return count;
}

static void ask_system(struct boot *boot, const struct evidence_of_system *found, size_t count) {
    struct question *question;
    struct document *document = boot->script->document;
    const char *answer =
        script_ask(boot->unit, boot->script, "OS", "which operating system does the machine run?", &question);
    for (size_t i = 0; question && i < agent_system_count; i++)
        question_candidate(question, agent_systems[i].key);
    for (size_t i = 0; question && i < count; i++)
        question_evidence(question, &document->source, boot_source(boot, found[i].offset), found[i].shown);
    if (answer) boot->system = agent_system_named(answer);
    if (answer && !boot->system)
        unit_refuse(boot->unit, document, FINDING_UNSUPPORTED, SIZE_MAX,
                    "'%s' is no operating system known here", answer);
    boot->held |= !boot->system;
}

void boot_find_system(struct boot *boot) {
    struct evidence_of_system found[4];
    boot->sudo = "";
    size_t count = from_commands(boot, found, array_length(found));
    const char *answer = script_answer(boot->unit, boot->script, "OS");
    if (answer || (!from_machine(boot) && count != 1)) {
        /* yum and dnf in one script: both are Amazon Linux 2023 */
        bool both = count == 2 && strcmp(found[0].system, "al2") != 0
                        ? strcmp(found[1].system, "al2") == 0
                        : count == 2 && strcmp(found[1].system, "al2023") == 0;
        both = both && (strcmp(found[0].system, "al2023") == 0 || strcmp(found[0].system, "al2") == 0);
        if (both && !answer)
            boot->system = agent_system_named("al2023");
        else
            ask_system(boot, found, count);
        return;
    }
    if (boot->system) return;
    if (*found[0].system) {
        boot->system = agent_system_named(found[0].system);
        return;
    }
    for (size_t i = 0; i < array_length(user_rows) && !boot->system; i++)
        if (boot_mentions(boot, user_rows[i].word)) boot->system = agent_system_named(user_rows[i].system);
    boot->debian = !boot->system;
}
