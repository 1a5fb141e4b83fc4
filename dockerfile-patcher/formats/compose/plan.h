/* The planner of a compose file, in its rooms. */
#ifndef PATCH_COMPOSE_PLAN_H
#define PATCH_COMPOSE_PLAN_H

#include "dockerfile-patcher/formats/compose/words.h"
#include "dockerfile-patcher/formats/dockerfile/linked.h"
#include "dockerfile-patcher/formats/hooks.h"

/* The server's command in the text of `sh -c`; words NULL: there is none. In the arena. */
struct compose_inner {
    const char **words;
    size_t count;
    const struct shell_word *places; /* their spans in the text */
    bool moved;                      /* started in another directory than the text */
    struct launch launch;
};

/* A service of the file, and what was found out about it. */
struct compose_subject {
    const struct compose_service *service;
    struct service *engine; /* shared with its Dockerfile and whatever else is built from that */
    struct compose_build build;
    struct document *dockerfile;
    struct compose_words entrypoint;
    struct compose_words command;
    struct linked_image image;
    bool wanted;  /* a Python service that is to be instrumented */
    bool wrapped; /* `wrap` is to be done */
    struct compose_wrap wrap;
    struct compose_inner inner;
    enum hook_state hook;    /* of a server that is started by the service's own words */
    struct document *script; /* the file of the context that the service starts; NULL */
    struct entry entry;      /* what the script starts */
    const char *agent;       /* the host of the agent as seen from the service; NULL: localhost */
    const char *new_keys; /* what the network needs, for compose_add_keys once the variables are in; NULL */
};

struct compose_planner {
    struct unit *unit;
    struct document *document;
    struct compose *compose;
    struct compose_subject *subjects; /* one a service, in order */
    size_t wanted;
    const char *agent; /* the name of the service that is the CloudWatch agent; NULL */
};

void compose_plan(struct unit *unit, struct document *document);
bool compose_verify(const struct document *document, const struct source *after, char **complaint);

/* Tells the Dockerfiles of the unit what its compose files know of them: once. */
void compose_link(struct unit *unit);

/* Fills what the words, the Dockerfile and both together are; false where there is nothing to be patched, which is said
 * unless settings->remove. */
bool compose_read_subject(struct compose_planner *planner, struct compose_subject *subject);

/* Fills a subject but for `agent`: what it is, and where the launcher goes. */
void compose_decide(struct compose_planner *planner, struct compose_subject *subject);

/* Fills script and entry, or inner, where the words of the compose file lead to one. */
void compose_follow_words(struct compose_planner *planner, struct compose_subject *subject);

/* Style guide: the host's network, or a question where something stands in its way. False where one is open. */
bool compose_network(struct compose_planner *planner, struct compose_subject *subject);

/* Style guide: the hook of a server that the service's own words start, in the config that they lead to. */
enum hook_state compose_hook(struct compose_planner *planner, struct compose_subject *subject);

/* --remove of the same. */
void compose_unhook(struct compose_planner *planner, struct compose_subject *subject);

/* The variables, and `extra_hosts` where the agent is reached that way. */
void compose_environment(struct compose_planner *planner, struct compose_subject *subject);

/* The one variable that an override file needs by itself, where its command starts a server whose workers are hooked. */
void compose_defer(struct compose_planner *planner, struct compose_subject *subject);

/* The value of a variable that the service is given already, by whatever it has; NULL. "" for one without a value. */
const char *compose_variable(struct compose_planner *planner, const struct compose_subject *subject,
                             const char *name);

/* New lines (at column 0) as keys of a service's mapping, with the marker for --remove. */
bool compose_add_keys(struct compose_planner *planner, struct compose_subject *subject, const char *lines,
                      const char *why);

/* Refuses the service at a node. */
void compose_refuse(struct compose_planner *planner, struct compose_subject *subject,
                    const struct yaml_node *place, const char *message);

void compose_removal(struct unit *unit, struct document *document);

#endif
