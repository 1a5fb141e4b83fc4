/* `docker run` and `docker create` lines of a script: the options that the guide (step 7A and 7B) adds to the one that
 * starts the Python app, and `--network host`.
 *
 * The host format makes the view (script.h) and sets its document and service. Asked are RUN (which line is the app's),
 * IMAGE_URI (which word is the image), SERVICE_NAME and NETWORK ("host" or "bridge"); what was decided about a line that
 * is left alone is said in a finding. New options stand in front of the image, on lines of their own where the command
 * has them; what cannot be told from the bytes afterwards is told to --remove by a comment above the command. */
#ifndef PATCH_DOCKER_RUN_H
#define PATCH_DOCKER_RUN_H

#include "dockerfile-patcher/engine/unit.h"
#include "dockerfile-patcher/script/commands.h"
#include "dockerfile-patcher/script/machine.h"

/* What the caller knows; all zero: nothing. */
struct docker_run_facts {
    /* The machine is there for the app: the only run that is no well-known image is it, whatever it holds, and gets the
     * machine's name where it has none of its own. */
    bool boot;
    const struct machine *machine; /* may be NULL */
    void (*before)(
        void *data); /* called once it is certain that an app is run, before any edit; may be NULL */
    void *data;
};

enum docker_outcome {
    DOCKER_NOTHING, /* no line here runs an app in a container, or none of Python: it was said why */
    DOCKER_OTHER,   /* instrumented by something else: it was said */
    DOCKER_READY,   /* has all that it needs: it was said */
    DOCKER_PLANNED, /* edits were made */
    DOCKER_HELD,    /* asked or refused: the service is held up */
};

/* With settings->remove it takes out what it put in. */
enum docker_outcome docker_run_plan(struct unit *unit, struct script *script,
                                    const struct docker_run_facts *facts);

/* Adds the Dockerfiles that the script builds the images of its runs from, the one beside the script where it builds
 * none, and the compose files that it starts: for the scan of a host format. */
void docker_run_links(struct unit *unit, struct script *script, struct links *links);

/* The same for a host whose scripts are not known before it is planned: the Dockerfile beside `path`, above it or at the
 * root, where the bytes mention `docker run`. */
void docker_run_links_near(struct unit *unit, const char *path, const char *bytes, size_t length,
                           struct links *links);

/* True where the bytes speak of a program and a word that this file knows: a cheap look before anything is parsed. */
bool docker_run_mentioned(const char *bytes, size_t length);

#endif
