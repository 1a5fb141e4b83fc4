/* The app of a backend: its unit, its virtual environment, and what stands in the way. */
#ifndef SETUP_APP_H
#define SETUP_APP_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "host-setup/room.h"
#include "host-setup/settings.h"
#include "host-setup/unitfile.h"

struct app {
    struct unitfile unit; /* path NULL: the unit is to be made */
    char *venv;           /* inside the root, without a slash at its end */
    char *python;         /* venv + "/bin/python" */
    char *owner_name;     /* of the virtual environment, or its number as a string */
    struct identity_of owner;
    char *owner_home;
    struct strings
        packages; /* "name==version" of the virtual environment, names as PEP 503 normalises them */
    bool adot;
    char *drop_in;     /* the bytes of our drop-in, or NULL */
    char *shim;        /* where appsig-exec goes: venv + "/bin/appsig-exec" */
    char *shim_source; /* a file of this host, or NULL where it comes from a URL */
    char *shim_bytes;  /* of shim_source */
    size_t shim_length;
    bool shim_there;        /* the same bytes */
    struct strings retired; /* units beside ours that run the same app by the guide's recipe */
};

/* Finds it by the settings. False and *error: SETUP_MISSING where something is not told (with the candidates),
 * SETUP_FAILED where the app is started in a way that is not ours to change. */
bool app_find(const struct room *room, const struct setup_settings *settings, struct app *app,
              struct error **error);
void app_free(struct app *app);

/* PEP 503: lower case, runs of "-", "_" and "." are one "-". Owned by the caller. */
char *app_normal_name(const char *name, size_t length);

#endif
