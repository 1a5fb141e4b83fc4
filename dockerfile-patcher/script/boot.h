/* The change of the guide ("Enable AWS Application Signals for Python on EC2", steps 4 to 8) on a script that a machine
 * runs at its first boot: UserData, cloud-init, a bootstrap script.
 *
 * The host format makes the view (script.h) and sets its document and service; boot_plan does the rest on it: agent,
 * agent's configuration, ADOT, environment, start command, `docker run` lines; and with settings->remove it takes all of
 * that out again. IAM and the properties of a resource are the host's own work: see what is returned. */
#ifndef PATCH_BOOT_H
#define PATCH_BOOT_H

#include <stdbool.h>
#include <stddef.h>

#include "dockerfile-patcher/engine/unit.h"
#include "dockerfile-patcher/script/machine.h"
#include "dockerfile-patcher/script/script.h"

enum boot_outcome {
    BOOT_NOTHING, /* starts no Python app: it was said why; the machine needs nothing either */
    BOOT_READY,   /* instrumented already: nothing to do here, but the machine still needs its role */
    BOOT_PLANNED, /* edits were made, and the machine needs its role */
    BOOT_HELD,    /* refused or asked: the service is held up, so the host may plan its edits all the same */
};

/* `machine` may be NULL: a script without a resource. */
enum boot_outcome boot_plan(struct unit *unit, struct script *script, const struct machine *machine);

/* EC2's limit for UserData, in bytes before base64 ("Run commands on your Linux instance at launch"). */
enum { USER_DATA_MOST_BYTES = 16384 };

/* Refuses where the script, with what was asked of it so far, and other_raw bytes are more than UserData holds: the
 * finding names the size. True where they fit. Called by boot_plan; hosts that change more call it again. */
bool boot_fits(struct unit *unit, struct script *script, size_t other_raw);

#endif
