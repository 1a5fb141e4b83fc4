/* Questions and downloads over HTTP, with TLS by the system's CA bundle. Proxies as curl takes them from the environment,
 * but never for this host itself. */
#ifndef SETUP_HTTP_H
#define SETUP_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/text.h"

struct http_answer {
    long status;      /* 0 where nothing answered */
    struct text body; /* its first 64 kB */
    char content_type[128];
    char failure[256]; /* why nothing answered */
    bool refused;      /* nothing listens there */
};

struct http_question {
    const char *method; /* "GET", "PUT", "POST" */
    const char *url;
    const char *const *headers; /* NULL, or NULL last */
    const char *body;           /* NULL = none */
    size_t body_length;
    long timeout_ms;
};

void http_ask(const struct http_question *question, struct http_answer *answer);
void http_answer_free(struct http_answer *answer);
#define cleanup_answer __attribute__((cleanup(http_answer_free)))

/* To `path` by way of path + ".part", three tries, each of which goes on where the one before it broke off. `tick` as in struct room. */
bool http_download(const char *url, const char *path, void (*tick)(void *context, long percent),
                   void *context, struct error **error);

/* The CA bundle that is used: $SSL_CERT_FILE, or the first of the distributions' places; NULL where there is none. */
const char *http_ca_bundle(void);

#endif
