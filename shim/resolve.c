#include "shim/resolve.h"

#include <ares.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/select.h>
#include <time.h>

#include "common/clock.h"
#include "shim/endpoint.h"

/* The first IPv4 address, else the first IPv6 address. */
static void take_address(void *context, int status, int timeouts, struct ares_addrinfo *result) {
    (void)timeouts;
    struct resolved *resolved = context;
    if (status != ARES_SUCCESS || !result) return;
    for (const struct ares_addrinfo_node *node = result->nodes; node; node = node->ai_next) {
        const void *from = NULL;
        if (node->ai_family == AF_INET)
            from = &((const struct sockaddr_in *)(const void *)node->ai_addr)->sin_addr;
        else if (node->ai_family == AF_INET6 && !resolved->usable)
            from = &((const struct sockaddr_in6 *)(const void *)node->ai_addr)->sin6_addr;
        if (!from || !inet_ntop(node->ai_family, from, resolved->address, sizeof resolved->address)) continue;
        resolved->usable = true;
        if (node->ai_family == AF_INET) break;
    }
    ares_freeaddrinfo(result);
}

static void wait_for_answers(ares_channel channel, int deadline_ms) {
    long end = clock_now_ms() + deadline_ms;
    for (long left = deadline_ms; left > 0; left = end - clock_now_ms()) {
        fd_set readable, writable;
        FD_ZERO(&readable);
        FD_ZERO(&writable);
        int highest = ares_fds(channel, &readable, &writable);
        if (highest == 0) return;
        struct timeval most = {left / 1000, (left % 1000) * 1000}, chosen;
        struct timeval *patience = ares_timeout(channel, &most, &chosen);
        if (select(highest, &readable, &writable, NULL, patience) < 0) return;
        ares_process(channel, &readable, &writable);
    }
}

void resolve_hosts(const struct probe_request *requests, size_t count, int deadline_ms,
                   struct resolved *resolved) {
    ares_channel channel = NULL;
    for (size_t i = 0; i < count; i++) {
        resolved[i] = (struct resolved){0};
        const char *host = requests[i].host;
        if (endpoint_is_numeric(host)) {
            resolved[i].usable = true;
        } else if (strcasecmp(host, "localhost") == 0) {
            resolved[i].usable = true;
            snprintf(resolved[i].address, sizeof resolved[i].address, "127.0.0.1");
        } else {
            if (!channel &&
                (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS || ares_init(&channel) != ARES_SUCCESS))
                return;
            struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
            ares_getaddrinfo(channel, host, NULL, &hints, take_address, &resolved[i]);
        }
    }
    if (!channel) return;
    wait_for_answers(channel, deadline_ms);
    ares_destroy(channel);
    ares_library_cleanup();
}
