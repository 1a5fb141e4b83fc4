/* The facts of this host: gathered once, before anything is planned. Nothing is changed by looking. */
#ifndef SETUP_LOOK_H
#define SETUP_LOOK_H

#include <stdbool.h>

#include "common/agent.h"
#include "common/error.h"
#include "host-setup/app.h"
#include "host-setup/room.h"
#include "host-setup/settings.h"

struct look {
    char *os_name;                     /* PRETTY_NAME of os-release, or NULL */
    const struct agent_system *system; /* NULL where it has no row */
    const char *architecture;          /* of the packages, or NULL */
    bool root_user;
    bool booted; /* systemd runs: sd_booted(3) */
    bool ec2;    /* by the firmware's names */
    bool agent_installed;
    bool agent_running;
    bool agent_enabled;
    bool agent_home;     /* its directory is there */
    char *config;        /* the agent's configuration that takes effect, or NULL */
    char *config_path;   /* where it was read, inside the root */
    size_t config_count; /* files in AGENT_FETCHED */
    bool has_app;
    struct app app;
    bool unit_active;
    bool unit_enabled;
    bool retired_active[8]; /* of app.retired */
    bool retired_enabled[8];
};

/* False and *error where what is there cannot be set up, or something is not told. */
bool look_gather(const struct room *room, const struct setup_settings *settings, struct look *look,
                 struct error **error);

/* What holds for every verb: the system and the agent, not the app. Never fails. */
void look_at_host(const struct room *room, struct look *look);
void look_free(struct look *look);

#endif
