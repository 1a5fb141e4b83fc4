#include "host-setup/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/files.h"
#include "common/memory.h"
#include "host-setup/room.h"
#include "host-setup/settings.h"

enum { MOST_BODY = 64 * 1024, CONNECT_MS = 10000, TRIES = 3, SLOW_SECONDS = 60 };

const char *http_ca_bundle(void) {
    static const char *const places[] = {
        "/etc/ssl/certs/ca-certificates.crt", /* Debian, Ubuntu, Alpine */
        "/etc/pki/tls/certs/ca-bundle.crt",   /* Amazon Linux, RHEL, Fedora */
        "/etc/ssl/ca-bundle.pem",             /* SUSE */
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/ssl/cert.pem",
    };
    const char *given = getenv("SSL_CERT_FILE");
    if (given && *given) return given;
    for (size_t i = 0; i < array_length(places); i++)
        if (files_exists(places[i])) return places[i];
    return NULL;
}

static size_t take_body(char *bytes, size_t one, size_t count, void *context) {
    struct text *body = context;
    if (body->length + count <= MOST_BODY) text_add_bytes(body, bytes, count);
    return one * count;
}

static CURL *handle(const char *url, char *failure) {
    CURL *curl = curl_easy_init();
    if (!curl) return NULL;
    const char *bundle = http_ca_bundle();
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "localhost,127.0.0.1,169.254.169.254");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "appsig-setup");
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, failure);
    if (bundle) curl_easy_setopt(curl, CURLOPT_CAINFO, bundle);
    return curl;
}

void http_ask(const struct http_question *question, struct http_answer *answer) {
    *answer = (struct http_answer){0};
    char failure[CURL_ERROR_SIZE] = "";
    CURL *curl = handle(question->url, failure);
    if (!curl) return;
    struct curl_slist *headers = NULL;
    for (const char *const *header = question->headers; header && *header; header++)
        headers = curl_slist_append(headers, *header);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, question->method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, question->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer->body);
    if (question->body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)question->body_length);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, question->body);
    }
    CURLcode code = curl_easy_perform(curl);
    char *type = NULL;
    if (code == CURLE_OK) {
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
        curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
        snprintf(answer->content_type, sizeof answer->content_type, "%s", type ? type : "");
    } else {
        answer->refused = code == CURLE_COULDNT_CONNECT;
        snprintf(answer->failure, sizeof answer->failure, "%s",
                 *failure ? failure : curl_easy_strerror(code));
    }
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
}

void http_answer_free(struct http_answer *answer) { text_free(&answer->body); }

struct download {
    void (*tick)(void *context, long percent);
    void *context;
    long told;
    int file;
    int failure; /* errno of a write */
};

static size_t keep_bytes(char *bytes, size_t one, size_t count, void *context) {
    struct download *download = context;
    download->failure = files_write_all(download->file, bytes, one * count);
    return download->failure ? 0 : one * count;
}

static int progress(void *context, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up) {
    struct download *download = context;
    (void)up_total;
    (void)up;
    long percent = total > 0 ? (long)(now * 100 / total) : 0;
    if (download->tick && percent != download->told) download->tick(download->context, percent);
    download->told = percent;
    return room_interrupted();
}

static CURLcode one_try(const char *url, const char *part, struct download *download, char *failure,
                        long *status) {
    cleanup_fd int file = open(part, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
        snprintf(failure, CURL_ERROR_SIZE, "%s: %s", part, strerror(errno));
        return CURLE_WRITE_ERROR;
    }
    struct stat have;
    download->file = file;
    CURL *curl = fstat(file, &have) == 0 ? handle(url, failure) : NULL;
    CURLcode code = CURLE_FAILED_INIT;
    if (curl) {
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep_bytes);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, download);
        curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
        curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
        /* never from https to plain http */
        if (text_starts(url, "https://")) curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "https");
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
        curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)SLOW_SECONDS);
        curl_easy_setopt(curl, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)have.st_size);
        curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, progress);
        curl_easy_setopt(curl, CURLOPT_XFERINFODATA, download);
        code = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
        curl_easy_cleanup(curl);
    }
    if (download->failure) snprintf(failure, CURL_ERROR_SIZE, "%s: %s", part, strerror(download->failure));
    return code;
}

bool http_download(const char *url, const char *path, void (*tick)(void *context, long percent),
                   void *context, struct error **error) {
    cleanup_free char *part = memory_format("%s.part", path);
    char failure[CURL_ERROR_SIZE] = "";
    struct download download = {.tick = tick, .context = context, .told = -1};
    for (int tries = 0; tries < TRIES && !room_interrupted(); tries++) {
        long status = 0;
        *failure = '\0';
        CURLcode code = one_try(url, part, &download, failure, &status);
        /* 416: what is there is whole already, or not of this file: start over */
        if (status == 416) remove(part);
        if (code == CURLE_RANGE_ERROR) remove(part);
        if (code == CURLE_OK && rename(part, path) == 0) return true;
        if (!*failure) snprintf(failure, sizeof failure, "%s", curl_easy_strerror(code));
        if (code == CURLE_WRITE_ERROR || (status >= 400 && status < 500 && status != 416)) break;
    }
    return error_set(error, SETUP_FAILED, "'%s' could not be downloaded: %s", url,
                     room_interrupted() ? "interrupted" : failure);
}
