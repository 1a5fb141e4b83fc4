/* A systemd service as it takes effect: its file and the drop-ins over it, but for ours.
 *
 * Source: systemd.unit(5) (places, drop-ins, continuation lines), systemd.service(5) (ExecStart's prefixes; an empty
 * assignment starts the list over). */
#ifndef SETUP_UNITFILE_H
#define SETUP_UNITFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"
#include "host-setup/room.h"

#define OUR_DROP_IN "90-appsig.conf"

struct unit_setting {
    char *section, *key, *value;
};

struct unitfile {
    char *name;                    /* "app.service" */
    char *path;                    /* inside the root; NULL where there is no such unit */
    struct unit_setting *settings; /* in order of effect */
    size_t count;
    struct strings exec_start; /* what is left of ExecStart= */
};

/* Reads; a unit that is not there leaves path NULL. */
void unitfile_read(const struct room *room, const char *name, struct unitfile *unit);
void unitfile_free(struct unitfile *unit);

/* The last value in [Service], or NULL. */
const char *unitfile_value(const struct unitfile *unit, const char *key);

/* True where one of the ExecStart= lines begins a path below `directory`. */
bool unitfile_runs_from(const struct unitfile *unit, const char *directory);

/* The units of this machine that run something below `directory`: their names. */
void unitfile_find(const struct room *room, const char *directory, struct strings *names);

/* The virtual environment that the unit's program lies in (it has a pyvenv.cfg); owned by the caller, or NULL. */
char *unitfile_venv(const struct room *room, const struct unitfile *unit);

/* ExecStart= with `shim` in front of the command, its prefixes kept; owned by the caller. NULL and *complaint where it
 * cannot be told how. */
char *unitfile_wrap(const char *exec_start, const char *shim, const char **complaint);

/* What of the unit's sandbox telemetry meets, a line each. */
void unitfile_hardening(const struct unitfile *unit, bool korean, struct strings *notes);

#endif
