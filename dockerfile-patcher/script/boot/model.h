/* The rooms of boot.h: what is read from a boot script, and who plans which part of the change. */
#ifndef PATCH_BOOT_MODEL_H
#define PATCH_BOOT_MODEL_H

#include "common/agent.h"
#include "dockerfile-patcher/app/launch.h"
#include "dockerfile-patcher/script/boot.h"
#include "dockerfile-patcher/script/commands.h"

#define BOOT_ADOT "aws-opentelemetry-distro"
#define BOOT_SHIM "/usr/local/bin/appsig-exec"

/* One command, with all that leads to it. Offsets are those of its layer, but for `at`. */
struct boot_command {
    const struct command *command;
    const struct shell_script *shell; /* of its layer */
    size_t layer;
    const char *const *words; /* NULL-terminated */
    size_t count;
    struct launch launch;
    const char *user; /* who runs it, as written; NULL: whoever runs the script */
    bool switched;    /* the script's variables do not reach it */
    bool background;  /* goes on running: &, nohup, setsid, screen, tmux */
    bool condition;   /* of if, while, until or elif: what is put behind it would decide instead of it */
    bool apart;       /* runs elsewhere or only gives a value: ssh, $(…) */
    const char *lead; /* its text up to the program: "sudo -u app ", in the arena */
    size_t at;        /* where it begins in the script's text */
};

/* What the app is started by. */
enum boot_start_kind { BOOT_START_COMMAND, BOOT_START_UNIT };

struct boot_start {
    enum boot_start_kind kind;
    size_t command; /* index of the command; for a unit: of the one that writes it */
    size_t layer;   /* of the text in which the launcher goes in front of `offset` */
    size_t offset;
    size_t at;                /* the same in the script's text */
    const char *const *words; /* from the program on */
    size_t count;
    const char *server;                 /* as in launch */
    const char *unit;                   /* "shop.service" */
    const struct shell_heredoc *holder; /* of a unit */
    size_t line;                        /* of ExecStart=, or of the command's first word */
    unsigned rank; /* the higher, the surer it is the service: 3 a web server, 2 goes on running, 1 last */
};

enum { BOOT_MOST_STARTS = 16 };

struct boot {
    struct unit *unit;
    struct script *script;
    const struct machine *machine;
    bool guide;
    struct arena *arena; /* that of `read` */
    struct commands read;
    const char *text; /* of the script's own layer */
    size_t length;
    const size_t *begins;          /* offset of each line in it */
    struct boot_command *commands; /* in the order of their places */
    size_t command_count;
    struct boot_start starts[BOOT_MOST_STARTS];
    size_t start_count;
    const struct boot_start *start; /* the one that is the service */
    const char *agent;              /* what instruments it already */
    size_t agent_at;
    const char *foreign; /* what is started that is known to be no Python */
    size_t foreign_at;
    bool container; /* something is run in a container: `docker run`, `docker start`, compose */
    size_t container_at;
    bool compose; /* `docker compose up` is what starts it */
    size_t compose_at;
    const char *sudo;                  /* "sudo " where the script's own package commands have it, else "" */
    const struct agent_system *system; /* NULL: asked, or told when it runs (apt) */
    bool debian;                       /* Ubuntu or Debian, which of them is told when it runs */
    const char *delimiter;             /* of our heredocs */
    const char *service_name;          /* with holes; NULL: not known */
    const char *django_settings;
    bool held;
    bool planned;
};

/* read.c: fills text, commands. False where the shell would not read the script to its end. */
bool boot_read(struct boot *boot);

/* Of offsets in the script's own text. */
size_t boot_line(const struct boot *boot, size_t offset);
size_t boot_source(const struct boot *boot, size_t offset);
char *boot_shown(struct boot *boot, const char *text); /* holes as a person knows them; in the arena */

/* starts.c: fills starts, start, agent, foreign, container; asks which one. */
void boot_find_starts(struct boot *boot);

/* system.c: fills sudo, system, debian; asks for OS. */
void boot_find_system(struct boot *boot);

/* names.c: fills service_name, django_settings. */
void boot_find_names(struct boot *boot);
bool boot_is_generic(const struct boot *boot); /* nothing tells the start's framework or server */
const char *boot_directory(const struct boot *boot, size_t layer, size_t at);
const char *boot_unit_value(const struct boot *boot, const struct shell_heredoc *heredoc, const char *key);
bool boot_mentions(const struct boot *boot, const char *word);

/* The file that a command writes: behind its last > or >>, or what tee behind it is given; NULL. */
const char *boot_target(const struct boot_command *command);

/* agent.c, config.c: installation, configuration and start of the agent, and appsig-exec itself. */
void boot_plan_agent(struct boot *boot);

/* Puts application_signals into the configuration that the command writes by the heredoc; true where it says so now or
 * did before. */
bool boot_merge_config(struct boot *boot, const struct boot_command *command,
                       const struct shell_heredoc *heredoc);
void boot_unmerge_config(struct boot *boot, const char *mark, const struct shell_heredoc *heredoc);
/* Above the heredoc; behind it follow the members that were put in: "traces, logs.metrics_collected". */
#define BOOT_MERGED "# appsig: application_signals is added to the configuration below: "

/* What of the agent the script has by itself. Indices of commands; SIZE_MAX: not there. */
struct boot_agent {
    size_t install;
    size_t fetch;  /* amazon-cloudwatch-agent-ctl -a fetch-config or append-config */
    size_t start;  /* systemctl start or restart of it */
    size_t config; /* the command that writes its configuration by a heredoc */
    const struct shell_heredoc *heredoc;
};
void boot_find_agent(const struct boot *boot, struct boot_agent *agent);

/* container.c: `docker run` lines, with the agent in front of them. */
enum boot_outcome boot_plan_container(struct boot *boot);
void boot_remove_container(struct boot *boot);

/* adot.c */
void boot_plan_adot(struct boot *boot);

/* start.c: environment, hook files and the start command. */
void boot_plan_start(struct boot *boot);

/* remove.c */
void boot_remove(struct boot *boot);

/* insert.c: new lines with the indent of the line that they stand beside; the texts are without it. */
void boot_insert_after(struct boot *boot, size_t line, const char *lines, const char *why);
void boot_insert_before(struct boot *boot, size_t line, const char *lines, const char *why);
void boot_replace(struct boot *boot, size_t from, size_t to, const char *text, const char *why);

/* The first line that new lines may stand behind: the shebang, `set -…`, comments; 0: in front of everything. */
size_t boot_head(const struct boot *boot);

/* The lines as the command's own shell is to read them. */
void boot_insert_in_layer(struct boot *boot, const struct boot_command *command, size_t after,
                          const char *lines, const char *why);

/* The first line of the list that the command stands in. */
size_t boot_first_line(const struct boot *boot, const struct boot_command *command);

/* The last line of the command and of everything that belongs to its list, heredocs included. */
size_t boot_last_line(const struct boot *boot, const struct boot_command *command);

#endif
