#include "shim/place.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/files.h"
#include "common/memory.h"
#include "common/text.h"
#include "shim/environment.h"

enum { LONGEST_PROC_FILE = 256 * 1024 };

static char *read_below(const char *root, const char *path) {
    cleanup_free char *full = memory_format("%s%s", root, path);
    char *bytes = NULL;
    size_t length;
    return files_read(full, LONGEST_PROC_FILE, &bytes, &length) == 0 ? bytes : NULL;
}

/* The interface and the gateway of the route to 0.0.0.0/0 in /proc/net/route; false without one. */
static bool default_route(const char *routes, char interface[64], char gateway[64]) {
    for (const char *line = strchr(routes, '\n'); line && line[1]; line = strchr(line + 1, '\n')) {
        unsigned destination, hop, flags, references, use, metric, mask;
        if (sscanf(line + 1, "%63s %x %x %x %u %u %u %x", interface, &destination, &hop, &flags, &references,
                   &use, &metric, &mask) != 8)
            continue;
        if (destination != 0 || mask != 0) continue;
        struct in_addr address = {.s_addr = hop};
        gateway[0] = '\0';
        if (hop) inet_ntop(AF_INET, &address, gateway, 64);
        return true;
    }
    return false;
}

static bool is_veth(const char *root, const char *interface) {
    cleanup_free char *link_path = memory_format("/sys/class/net/%s/iflink", interface);
    cleanup_free char *index_path = memory_format("/sys/class/net/%s/ifindex", interface);
    cleanup_free char *link = read_below(root, link_path);
    cleanup_free char *index = read_below(root, index_path);
    return link && index && strcmp(link, index) != 0;
}

static void look_at_network(const char *root, struct place *place) {
    cleanup_free char *sentinel = memory_format("%s/proc/sys/net/core/netdev_max_backlog", root);
    if (files_exists(sentinel)) {
        place->network = NETWORK_HOST;
        return;
    }
    cleanup_free char *routes = read_below(root, "/proc/net/route");
    if (!routes) return;
    char interface[64] = "";
    if (!default_route(routes, interface, place->gateway))
        place->network = NETWORK_NONE;
    else if (is_veth(root, interface))
        place->network = NETWORK_BRIDGE;
}

char *place_systemd_unit(const char *cgroups) {
    static const char starters[] =
        "docker containerd crio podman cron crond sshd ssh atd kubelet amazon-ssm-agent "
        "snapd supervisor supervisord gitlab-runner jenkins";
    for (const char *line = cgroups; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        cleanup_free char *one = memory_copy_bytes(line, strcspn(line, "\n"));
        const char *slice = strstr(one, "/system.slice/");
        if (!slice || !text_ends(one, ".service")) continue;
        const char *unit = text_base_name(one);
        cleanup_free char *name = memory_copy_bytes(unit, strlen(unit) - strlen(".service"));
        if (*name && !text_has_word(starters, name) && !text_starts(name, "user@")) return memory_copy(unit);
    }
    return NULL;
}

void place_look(const char *root, char *const *environment, bool asks_unit, struct place *place) {
    *place = (struct place){0};
    look_at_network(root, place);
    place->ecs = environment_value(environment, "ECS_CONTAINER_METADATA_URI_V4") != NULL;
    place->kubernetes = environment_value(environment, "KUBERNETES_SERVICE_HOST") != NULL;
    cleanup_free char *cgroups = asks_unit ? read_below(root, "/proc/self/cgroup") : NULL;
    if (cgroups) place->systemd_unit = place_systemd_unit(cgroups);
}

void place_free(struct place *place) { free(place->systemd_unit); }

const char *network_name(enum network network) {
    static const char *const names[] = {[NETWORK_UNKNOWN] = "unknown",
                                        [NETWORK_HOST] = "host",
                                        [NETWORK_BRIDGE] = "bridge",
                                        [NETWORK_NONE] = "none"};
    return names[network];
}
