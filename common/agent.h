/* The CloudWatch agent: where a machine gets it, what it is told, and how it is started.
 *
 * Sources: AWS's user guide "Manually create or edit the CloudWatch agent configuration file", "Download the CloudWatch
 * agent package" (the folders of the bucket), "Enable Application Signals" (the configuration), and the repositories of
 * Amazon Linux 2 and 2023, which are the only ones that have the agent. All of it is data, used by appsig-setup on the
 * machine itself and by appsig-patch in the scripts that make one. */
#ifndef COMMON_AGENT_H
#define COMMON_AGENT_H

#include <stdbool.h>
#include <stddef.h>

#define AGENT_PACKAGE "amazon-cloudwatch-agent"
#define AGENT_UNIT "amazon-cloudwatch-agent.service"
#define AGENT_HOME "/opt/aws/amazon-cloudwatch-agent"
#define AGENT_CTL AGENT_HOME "/bin/amazon-cloudwatch-agent-ctl"
#define AGENT_CONFIG AGENT_HOME "/etc/amazon-cloudwatch-agent.json"
/* fetch-config moves what it read there, under the name of the file that it was given. */
#define AGENT_FETCHED AGENT_HOME "/etc/amazon-cloudwatch-agent.d"
#define AGENT_LOG AGENT_HOME "/logs/amazon-cloudwatch-agent.log"
#define AGENT_POLICY "CloudWatchAgentServerPolicy"
/* The key that signs AWS's packages, and its fingerprint as the guide "Verifying the signature" prints it. */
#define AGENT_KEY_URL "https://amazoncloudwatch-agent.s3.amazonaws.com/assets/amazon-cloudwatch-agent.gpg"
#define AGENT_KEY_FINGERPRINT "937616F3450B7D806CBD9725D58167303B789C72"

enum { AGENT_PORT_SAMPLER = 2000, AGENT_PORT_GRPC = 4315, AGENT_PORT_HTTP = 4316 };

/* The configuration that turns Application Signals on, as the guide prints it: lines without their newline, NULL last. */
extern const char *const agent_config_lines[];

/* An operating system. Strings are words separated by single spaces where the name is a plural. */
struct agent_system {
    const char *key;     /* how a person names it: "al2023", "ubuntu" */
    const char *name;    /* "Amazon Linux 2023" */
    const char *ids;     /* ID of os-release */
    const char *likes;   /* ID_LIKE: taken where no row has the ID */
    const char *version; /* VERSION_ID; NULL = any */
    const char *manager; /* the package manager's program */
    const char *install; /* the command that installs the agent from the system's own repository, or NULL */
    const char *folder;  /* of AWS's bucket */
    const char *architectures; /* for which AWS has a package: "amd64 arm64" */
    const char *kind;          /* "rpm" or "deb" */
    const char *install_file;  /* the command that installs a package file, which follows as the last word */
    const char *uninstall;     /* the command that takes the package away again; the package follows */
    /* Commands of scripts behind which the installation stands, each enough words to be told by: "dnf update". */
    const char *const *updates;
};

extern const struct agent_system agent_systems[];
extern const size_t agent_system_count;

/* By the fields of os-release, each of which may be NULL. NULL for an operating system without a row. */
const struct agent_system *agent_system_of(const char *id, const char *id_like, const char *version_id);

/* By its key; NULL where there is none. */
const struct agent_system *agent_system_named(const char *key);

/* The package's architecture ("amd64", "arm64") for what uname -m says; NULL where AWS has none. */
const char *agent_architecture(const char *machine);

/* AWS's package for the system; NULL where it has none for the architecture. Owned by the caller. */
char *agent_package_url(const struct agent_system *system, const char *architecture);

/* True where `command` (one line of a script) updates the packages or their lists as the system's own manager does. */
bool agent_updates_system(const struct agent_system *system, const char *command);

/* Systems by which a script can be told apart: a command that only some of them have. */
struct agent_evidence {
    const char *words;   /* begins the command: "amazon-linux-extras" */
    const char *systems; /* keys */
};

extern const struct agent_evidence agent_evidence[];
extern const size_t agent_evidence_count;

/* "-m ec2" or "-m onPremise": the words of the command that makes the running agent take `config`, as argv, NULL last. */
enum { AGENT_FETCH_WORDS = 9 };
void agent_fetch_words(bool on_premise, const char *config_uri, const char *words[AGENT_FETCH_WORDS]);

#endif
