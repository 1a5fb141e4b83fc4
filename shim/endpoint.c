#include "shim/endpoint.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/memory.h"
#include "common/text.h"

static bool plain(const char *url) {
    for (const unsigned char *at = (const unsigned char *)url; *at; at++)
        if (*at <= ' ' || *at >= 0x7f || strchr("\"'<>\\^`{|}@?#", *at)) return false;
    return true;
}

static bool copy_part(char *to, size_t size, const char *from, size_t length) {
    if (length >= size) return false;
    memcpy(to, from, length);
    to[length] = '\0';
    return true;
}

static bool parse_authority(const char *authority, size_t length, struct endpoint *endpoint) {
    const char *host = authority, *end = authority + length, *colon;
    size_t host_length;
    if (*host == '[') {
        const char *bracket = memchr(host, ']', length);
        if (!bracket) return false;
        host++;
        host_length = (size_t)(bracket - host);
        colon = bracket + 1 < end ? bracket + 1 : NULL;
        if (colon && *colon != ':') return false;
    } else {
        colon = memchr(host, ':', length);
        host_length = colon ? (size_t)(colon - host) : length;
    }
    if (host_length == 0 || !copy_part(endpoint->host, sizeof endpoint->host, host, host_length))
        return false;
    endpoint->port = endpoint->secure ? 443 : 80;
    if (!colon) return true;
    char digits[8];
    long port;
    if (!copy_part(digits, sizeof digits, colon + 1, (size_t)(end - colon - 1))) return false;
    if (!text_to_number(digits, 1, 65535, &port)) return false;
    endpoint->port = (int)port;
    return true;
}

bool endpoint_parse(const char *url, struct endpoint *endpoint) {
    *endpoint = (struct endpoint){0};
    if (!url || !plain(url)) return false;
    if (strncasecmp(url, "http://", 7) == 0) {
        url += 7;
    } else if (strncasecmp(url, "https://", 8) == 0) {
        endpoint->secure = true;
        url += 8;
    } else {
        return false;
    }
    size_t length = strcspn(url, "/");
    return parse_authority(url, length, endpoint) &&
           copy_part(endpoint->path, sizeof endpoint->path, url + length, strlen(url + length));
}

char *endpoint_base(const struct endpoint *endpoint) {
    bool brackets = strchr(endpoint->host, ':') != NULL;
    return memory_format("%s://%s%s%s:%d", endpoint->secure ? "https" : "http", brackets ? "[" : "",
                         endpoint->host, brackets ? "]" : "", endpoint->port);
}

bool endpoint_is_loopback(const struct endpoint *endpoint) {
    return strcasecmp(endpoint->host, "localhost") == 0 || text_starts(endpoint->host, "127.") ||
           strcmp(endpoint->host, "::1") == 0;
}

bool endpoint_is_numeric(const char *host) {
    struct in6_addr address;
    return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1;
}
