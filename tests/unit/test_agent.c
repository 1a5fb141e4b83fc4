/* Which system a machine is, and what the agent needs there. */
#include "tap.h"

#include <cjson/cJSON.h>

#include "common/agent.h"
#include "common/memory.h"
#include "common/text.h"

static void systems(void) {
    static const struct {
        const char *id, *like, *version, *key;
    } rows[] = {
        {"amzn", "centos rhel fedora", "2", "al2"},
        {"amzn", "fedora", "2023", "al2023"},
        {"ubuntu", "debian", "22.04", "ubuntu"},
        {"debian", NULL, "12", "debian"},
        {"rhel", "fedora", "9.3", "rhel"},
        {"centos", "rhel fedora", "7", "centos"},
        {"rocky", "rhel centos fedora", "9.3", "rhel"},
        {"almalinux", "rhel centos fedora", "9.3", "rhel"},
        {"fedora", NULL, "39", "fedora"},
        {"sles", "suse", "15.5", "suse"},
        {"opensuse-leap", "suse opensuse", "15.5", "suse"},
        {"linuxmint", "ubuntu debian", "21", "ubuntu"},
        {"ol", "fedora", "9", "rhel"},
        {"alpine", NULL, "3.19", NULL},
        {NULL, NULL, NULL, NULL},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        const struct agent_system *system = agent_system_of(rows[i].id, rows[i].like, rows[i].version);
        IS_STR(system ? system->key : NULL, rows[i].key, "os-release ID %s",
               rows[i].id ? rows[i].id : "(none)");
    }
    for (size_t i = 0; i < agent_system_count; i++)
        OK(agent_system_named(agent_systems[i].key) == &agent_systems[i], "%s is found by its key",
           agent_systems[i].key);
    OK(!agent_system_named("plan9"), "a key that no row has");
}

static void packages(void) {
    static const struct {
        const char *key, *machine, *url;
    } rows[] = {
        {"al2023", "x86_64",
         "https://amazoncloudwatch-agent.s3.amazonaws.com/amazon_linux/amd64/latest/amazon-cloudwatch-agent.rpm"},
        {"ubuntu", "aarch64",
         "https://amazoncloudwatch-agent.s3.amazonaws.com/ubuntu/arm64/latest/amazon-cloudwatch-agent.deb"},
        {"suse", "x86_64",
         "https://amazoncloudwatch-agent.s3.amazonaws.com/suse/amd64/latest/amazon-cloudwatch-agent.rpm"},
        {"centos", "aarch64", NULL},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        cleanup_free char *url =
            agent_package_url(agent_system_named(rows[i].key), agent_architecture(rows[i].machine));
        IS_STR(url, rows[i].url, "%s on %s", rows[i].key, rows[i].machine);
    }
    OK(!agent_architecture("riscv64"), "a machine without a package");
}

static void updates(void) {
    static const struct {
        const char *key, *command;
        bool updates;
    } rows[] = {
        {"al2023", "dnf update -y", true},
        {"al2023", "dnf -y update", true},
        {"al2023", "dnf install -y git", false},
        {"al2", "yum update -y", true},
        {"al2", "dnf update -y", false},
        {"ubuntu", "apt-get -qq -y update", true},
        {"ubuntu", "apt-get updates", false},
        {"debian", "aptitude update", false},
        {"suse", "zypper --non-interactive refresh", true},
    };
    for (size_t i = 0; i < array_length(rows); i++)
        IS_INT(agent_updates_system(agent_system_named(rows[i].key), rows[i].command), rows[i].updates,
               "%s: %s", rows[i].key, rows[i].command);
}

static void config(void) {
    cleanup_text struct text all = {0};
    for (const char *const *line = agent_config_lines; *line; line++) text_add_format(&all, "%s\n", *line);
    cJSON *root = cJSON_Parse(all.bytes);
    OK(cJSON_GetObjectItem(cJSON_GetObjectItem(cJSON_GetObjectItem(root, "logs"), "metrics_collected"),
                           "application_signals"),
       "the configuration is JSON and has the section of the metrics");
    OK(cJSON_GetObjectItem(cJSON_GetObjectItem(cJSON_GetObjectItem(root, "traces"), "traces_collected"),
                           "application_signals"),
       "and that of the traces");
    cJSON_Delete(root);
    const char *words[AGENT_FETCH_WORDS];
    agent_fetch_words(true, "file:/x", words);
    IS_STR(words[4], "onPremise", "the mode of a machine that is none of EC2's");
    IS_STR(words[7], "file:/x", "the configuration");
    OK(!words[8], "the list ends");
}

int main(void) {
    systems();
    packages();
    updates();
    config();
    return done_testing();
}
