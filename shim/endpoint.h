/* A URL taken apart as far as an agent's endpoint needs it. */
#ifndef SHIM_ENDPOINT_H
#define SHIM_ENDPOINT_H

#include <stdbool.h>

enum { AGENT_OTLP_HTTP_PORT = 4316, AGENT_OTLP_GRPC_PORT = 4315, AGENT_SAMPLER_PORT = 2000 };

struct endpoint {
    bool secure;    /* https */
    char host[256]; /* without brackets */
    int port;
    char path[512]; /* "" or begins with '/' */
};

/* http:// or https://, a host, an optional port (80, 443), an optional path; user names, queries, control characters
 * and longer parts are refused. */
bool endpoint_parse(const char *url, struct endpoint *endpoint);

/* http://host:port without a path, an IPv6 host in brackets; owned by the caller. */
char *endpoint_base(const struct endpoint *endpoint);

bool endpoint_is_loopback(const struct endpoint *endpoint);

/* True for a host that needs no look-up: an IPv4 or IPv6 address. */
bool endpoint_is_numeric(const char *host);

#endif
