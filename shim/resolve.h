/* Addresses for the hosts of the questions. Numeric addresses and localhost are known without asking; only real names
 * go to c-ares, which opens resolv.conf, nsswitch.conf and urandom (FACTS) and so runs before the sandbox closes. */
#ifndef SHIM_RESOLVE_H
#define SHIM_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>

#include "shim/probe.h"

struct resolved {
    bool usable;
    char address[64]; /* to be handed over by CURLOPT_RESOLVE; "" where the URL holds the address itself */
};

/* Fills one entry a request, within deadline_ms; a name that has no address by then is not usable. */
void resolve_hosts(const struct probe_request *requests, size_t count, int deadline_ms,
                   struct resolved *resolved);

#endif
