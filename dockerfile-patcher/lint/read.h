/* Who reads which kind of file into the facts. */
#ifndef PATCH_LINT_READ_H
#define PATCH_LINT_READ_H

#include "dockerfile-patcher/app/launch.h"
#include "dockerfile-patcher/engine/unit.h"
#include "dockerfile-patcher/lint/facts.h"
#include "dockerfile-patcher/script/commands.h"

struct reader {
    struct facts *facts;
    struct unit *unit;
    struct document *document; /* that is being read */
};

/* All files below the root (or the one file), with facts_link done. False where the root cannot be walked. */
bool lint_gather(struct settings *settings, const char *root, struct facts *facts, struct error **error);

void read_dockerfile(struct reader *reader);
void read_compose(struct reader *reader);
void read_shell(struct reader *reader);
void read_cloud_init(struct reader *reader); /* cloud-init's YAML and messages */
void read_systemd(struct reader *reader);
void read_terraform(struct reader *reader);
void read_cdk(struct reader *reader);
void read_cloudformation(struct reader *reader);
/* Beside what starts machines, templates that only have roles. */
bool cloudformation_has_facts(const struct source *source);
void read_json(struct reader *reader);
void read_requirements(struct reader *reader);

/* A text of the document: the file itself, or what stands inside a layer of a script. */
struct reading {
    struct reader *reader;
    const struct document *document;
    const struct commands *commands; /* NULL: the text stands in the source itself */
    size_t layer;
    size_t base;  /* where the text begins in the layer or in the source */
    size_t scope; /* of the script that it stands in */
};
const struct fact_place *reading_place(const struct reading *reading, size_t offset,
                                       struct fact_place *place);

/* A script with all that stands in it; a new scope, which is returned. */
size_t read_script(struct reader *reader, struct script *script);

/* The unit in the text. */
void read_unit(const struct reading *reading, const char *label, const char *text, size_t length,
               size_t scope);

/* The agent's configuration or the policy in the text; nothing where it is neither. */
void read_agent(const struct reading *reading, const char *text, size_t length);
void read_policy(const struct reading *reading, const char *text, size_t length);
void read_managed_policy(struct facts *facts, const char *text, size_t length);

/* What a command starts, behind its launchers. */
struct started {
    const char *launcher;
    const char *server;
    bool noreload;
    bool spawns;
    const char *const *words; /* from the server's leads on */
    size_t count;
    struct launch launch;
};
void read_started(struct arena *arena, const char *const *words, size_t count, struct started *started);

/* Fills launcher, server and what the server's config says of a hook; `directory`: the app's own on its machine, or NULL. */
void read_app_start(const struct reader *reader, struct fact_app *app, const struct started *started,
                    const char *directory);

#endif
