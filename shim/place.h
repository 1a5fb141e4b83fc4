/* Where the app runs: whose network it is on, and which platform started it. */
#ifndef SHIM_PLACE_H
#define SHIM_PLACE_H

#include <stdbool.h>

enum network {
    NETWORK_UNKNOWN,
    NETWORK_HOST,   /* the host's network namespace: localhost is the host */
    NETWORK_BRIDGE, /* a namespace of its own with a veth to the host: the gateway is the host */
    NETWORK_NONE    /* no route at all */
};

struct place {
    enum network network;
    char gateway[64]; /* the default route's gateway, "" where there is none */
    bool ecs;         /* the environment announces ECS */
    bool kubernetes;
    char *
        systemd_unit; /* "fastapi.service" where this process belongs to a service unit of the system; else NULL */
};

/* The files of /proc and /sys below `root` ("" for the real ones; tests give a tree); the unit only where `asks_unit`.
 *
 * Host network: /proc/sys/net/core/netdev_max_backlog is there. Bridge: the default route's interface has iflink !=
 * ifindex. None: no default route and not the host's. (FACTS, "Host network or not": the two signals that hold.) */
void place_look(const char *root, char *const *environment, bool asks_unit, struct place *place);
void place_free(struct place *place);

const char *network_name(enum network network);

/* The unit in the text of /proc/self/cgroup that names the service; units that start other people's programs (docker,
 * containerd, cron, ssh, user managers) are passed over. Owned by the caller, or NULL. */
char *place_systemd_unit(const char *cgroups);

#endif
