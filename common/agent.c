#include "common/agent.h"

#include <string.h>

#include "common/memory.h"
#include "common/text.h"

#define BUCKET "https://amazoncloudwatch-agent.s3.amazonaws.com"

const char *const agent_config_lines[] = {
    "{",
    "  \"traces\": {",
    "    \"traces_collected\": {",
    "      \"application_signals\": {}",
    "    }",
    "  },",
    "  \"logs\": {",
    "    \"metrics_collected\": {",
    "      \"application_signals\": {}",
    "    }",
    "  }",
    "}",
    NULL,
};

static const char *const yum_updates[] = {"yum update", "yum upgrade", "yum makecache", "yum check-update",
                                          NULL};
static const char *const dnf_updates[] = {"dnf update",    "dnf upgrade",      "dnf makecache", "yum update",
                                          "yum makecache", "dnf check-update", "yum upgrade",   NULL};
static const char *const apt_updates[] = {
    "apt-get update",   "apt update", "apt-get upgrade", "apt upgrade", "apt-get dist-upgrade",
    "apt full-upgrade", NULL};
static const char *const zypper_updates[] = {"zypper refresh", "zypper ref", "zypper update", "zypper up",
                                             NULL};

#define RPM_FILE "rpm -U"
#define RPM_REMOVE "rpm -e"

const struct agent_system agent_systems[] = {
    {"al2023", "Amazon Linux 2023", "amzn", NULL, "2023", "dnf", "dnf install -y " AGENT_PACKAGE,
     "amazon_linux", "amd64 arm64", "rpm", RPM_FILE, RPM_REMOVE, dnf_updates},
    {"al2", "Amazon Linux 2", "amzn", NULL, "2", "yum", "yum install -y " AGENT_PACKAGE, "amazon_linux",
     "amd64 arm64", "rpm", RPM_FILE, RPM_REMOVE, yum_updates},
    {"ubuntu", "Ubuntu", "ubuntu", "ubuntu", NULL, "apt-get", NULL, "ubuntu", "amd64 arm64", "deb",
     "dpkg -i -E", "dpkg -P", apt_updates},
    {"debian", "Debian", "debian", "debian", NULL, "apt-get", NULL, "debian", "amd64 arm64", "deb",
     "dpkg -i -E", "dpkg -P", apt_updates},
    {"centos", "CentOS", "centos", NULL, NULL, "yum", NULL, "centos", "amd64", "rpm", RPM_FILE, RPM_REMOVE,
     dnf_updates},
    {"fedora", "Fedora", "fedora", NULL, NULL, "dnf", NULL, "redhat", "amd64 arm64", "rpm", RPM_FILE,
     RPM_REMOVE, dnf_updates},
    {"rhel", "Red Hat Enterprise Linux", "rhel rocky almalinux", "rhel centos fedora", NULL, "dnf", NULL,
     "redhat", "amd64 arm64", "rpm", RPM_FILE, RPM_REMOVE, dnf_updates},
    {"suse", "SUSE Linux", "sles sled sles_sap opensuse-leap opensuse-tumbleweed opensuse",
     "suse opensuse sles", NULL, "zypper", NULL, "suse", "amd64 arm64", "rpm", RPM_FILE, RPM_REMOVE,
     zypper_updates},
};
const size_t agent_system_count = array_length(agent_systems);

const struct agent_evidence agent_evidence[] = {
    {"amazon-linux-extras", "al2"},
    {"apt-get", "ubuntu debian"},
    {"apt", "ubuntu debian"},
    {"add-apt-repository", "ubuntu"},
    {"dnf", "al2023 fedora rhel centos"},
    {"yum", "al2 al2023 rhel centos"},
    {"zypper", "suse"},
};
const size_t agent_evidence_count = array_length(agent_evidence);

const struct agent_system *agent_system_of(const char *id, const char *id_like, const char *version_id) {
    for (size_t i = 0; id && i < agent_system_count; i++) {
        const struct agent_system *system = &agent_systems[i];
        if (!text_has_word(system->ids, id)) continue;
        if (!system->version || text_equal(version_id, system->version)) return system;
    }
    /* nearest first, as os-release(5) says of ID_LIKE */
    for (const char *at = id_like; at && *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        cleanup_free char *word = memory_copy_bytes(at, length);
        for (size_t i = 0; i < agent_system_count; i++)
            if (agent_systems[i].likes && text_has_word(agent_systems[i].likes, word))
                return &agent_systems[i];
        at += length;
    }
    return NULL;
}

const struct agent_system *agent_system_named(const char *key) {
    for (size_t i = 0; i < agent_system_count; i++)
        if (strcmp(agent_systems[i].key, key) == 0) return &agent_systems[i];
    return NULL;
}

const char *agent_architecture(const char *machine) {
    static const struct {
        const char *machine, *architecture;
    } rows[] = {{"x86_64", "amd64"}, {"aarch64", "arm64"}, {"amd64", "amd64"}, {"arm64", "arm64"}};
    for (size_t i = 0; i < array_length(rows); i++)
        if (strcmp(rows[i].machine, machine) == 0) return rows[i].architecture;
    return NULL;
}

char *agent_package_url(const struct agent_system *system, const char *architecture) {
    if (!text_has_word(system->architectures, architecture)) return NULL;
    return memory_format(BUCKET "/%s/%s/latest/" AGENT_PACKAGE ".%s", system->folder, architecture,
                         system->kind);
}

bool agent_updates_system(const struct agent_system *system, const char *command) {
    for (const char *const *update = system->updates; *update; update++) {
        const char *space = strchr(*update, ' ');
        size_t program = (size_t)(space - *update);
        if (strncmp(command, *update, program) != 0 || command[program] != ' ') continue;
        /* options may stand between the two words: "apt-get -y update" */
        for (const char *at = command + program; *at; at += strcspn(at, " ")) {
            at += strspn(at, " ");
            size_t length = strcspn(at, " ");
            if (*at == '-') continue;
            if (length == strlen(space + 1) && strncmp(at, space + 1, length) == 0) return true;
            break;
        }
    }
    return false;
}

void agent_fetch_words(bool on_premise, const char *config_uri, const char *words[AGENT_FETCH_WORDS]) {
    const char *const made[AGENT_FETCH_WORDS] = {
        AGENT_CTL, "-a", "fetch-config", "-m", on_premise ? "onPremise" : "ec2",
        "-s",      "-c", config_uri,     NULL};
    memcpy(words, made, sizeof made);
}
