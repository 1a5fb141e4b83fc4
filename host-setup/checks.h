/* The checks of `verify`, in the order in which data flows: a row each. */
#ifndef SETUP_CHECKS_H
#define SETUP_CHECKS_H

#include <stdbool.h>
#include <stddef.h>

#include "host-setup/look.h"
#include "host-setup/room.h"
#include "host-setup/settings.h"

enum check_state { CHECK_GOOD, CHECK_BAD, CHECK_LEFT_OUT };

struct check_result {
    enum check_state state;
    char *evidence; /* what was seen; owned */
    char *next;     /* what to do, where it is bad; owned */
};

struct check_context {
    const struct setup_settings *settings;
    const struct room *room;
    const struct look *look;
    char *unit;    /* the app's, or NULL: what is of the app is left out */
    char *venv;    /* or NULL */
    bool settling; /* the agent was just started: it gets a moment to listen */
};

struct check_row {
    const char *id;
    const char *english, *korean;
    bool of_app;    /* left out where there is no app */
    bool of_system; /* left out for a tree in which nothing runs */
    bool of_agent;  /* where it is bad, the agent's log tells more */
    void (*check)(const struct check_context *context, struct check_result *result);
};

extern const struct check_row check_rows[];
extern const size_t check_row_count;

/* The text in the person's language. */
const char *check_words(const char *english, const char *korean);

/* Sets the result; the strings are the result's from now on. */
void check_good(struct check_result *result, char *evidence);
void check_bad(struct check_result *result, char *evidence, char *next);
void check_left_out(struct check_result *result, char *evidence);
void check_result_free(struct check_result *result);

/* True where the agent listens on the port, or somebody whom this user cannot see. */
bool check_agent_has(int port);

/* "xray:GetSamplingRules" of AWS's "... is not authorized to perform: xray:GetSamplingRules on ...": owned by the
 * caller, or NULL. And what to do then. */
char *check_refused_action(const char *said);
char *check_next_policy(void);

/* The rows' functions, by what they ask: checks_agent.c, checks_network.c, checks_app.c. */
void check_agent_installed(const struct check_context *context, struct check_result *result);
void check_agent_running(const struct check_context *context, struct check_result *result);
void check_agent_config(const struct check_context *context, struct check_result *result);
void check_port_sampler(const struct check_context *context, struct check_result *result);
void check_port_grpc(const struct check_context *context, struct check_result *result);
void check_port_http(const struct check_context *context, struct check_result *result);
void check_imds(const struct check_context *context, struct check_result *result);
void check_permissions(const struct check_context *context, struct check_result *result);
void check_sampler(const struct check_context *context, struct check_result *result);
void check_span(const struct check_context *context, struct check_result *result);
void check_adot(const struct check_context *context, struct check_result *result);
void check_wrapped(const struct check_context *context, struct check_result *result);
void check_app_running(const struct check_context *context, struct check_result *result);
void check_app_spans(const struct check_context *context, struct check_result *result);
void check_backend(const struct check_context *context, struct check_result *result);

#endif
