#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/memory.h"
#include "common/text.h"
#include "shim/endpoint.h"
#include "shim/metadata.h"
#include "shim/probe.h"
#include "shim/resolve.h"
#include "shim/sandbox.h"

enum { BODY_MOST = 8 * 1024, READ_BUFFER = 4 * 1024 };

/* One request under way. */
struct exchange {
    const struct probe_request *request;
    struct probe_answer *answer;
    CURL *easy;
    struct curl_slist *headers;
    struct curl_slist *addresses;
    char body[BODY_MOST];
    size_t length;
    int step; /* QUESTION_IMDS: 0 token, 1 tag */
    bool done;
};

struct session {
    CURLM *multi;
    struct exchange *exchanges;
    size_t count;
    long begin_ms;
    int deadline_ms;
};

/* More than we want to know ends the transfer: a stranger may send without end. */
static size_t take_body(char *bytes, size_t size, size_t count, void *context) {
    struct exchange *exchange = context;
    size_t room = sizeof exchange->body - exchange->length, taken = size * count < room ? size * count : room;
    memcpy(exchange->body + exchange->length, bytes, taken);
    exchange->length += taken;
    return taken;
}

static void add_header(struct exchange *exchange, const char *header) {
    struct curl_slist *longer = curl_slist_append(exchange->headers, header);
    if (longer) exchange->headers = longer;
}

static void post(struct exchange *exchange, const char *content_type, const char *body) {
    cleanup_free char *header = memory_format("Content-Type: %s", content_type);
    add_header(exchange, header);
    add_header(exchange, "Expect:");
    curl_easy_setopt(exchange->easy, CURLOPT_POST, 1L);
    curl_easy_setopt(exchange->easy, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(exchange->easy, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
}

static void pose_question(struct exchange *exchange) {
    switch (exchange->request->question) {
    case QUESTION_OTLP: post(exchange, "application/x-protobuf", ""); break;
    case QUESTION_SAMPLER: post(exchange, "application/json", "{}"); break;
    case QUESTION_TCP: curl_easy_setopt(exchange->easy, CURLOPT_CONNECT_ONLY, 1L); break;
    case QUESTION_IMDS:
        add_header(exchange, "X-aws-ec2-metadata-token-ttl-seconds: 60");
        curl_easy_setopt(exchange->easy, CURLOPT_CUSTOMREQUEST, "PUT");
        break;
    case QUESTION_ECS:
    default: break;
    }
    curl_easy_setopt(exchange->easy, CURLOPT_HTTPHEADER, exchange->headers);
}

static bool prepare(struct exchange *exchange, const char *address, long left_ms) {
    const struct probe_request *request = exchange->request;
    CURL *easy = exchange->easy = curl_easy_init();
    if (!easy) return false;
    const char *url = request->url;
    cleanup_free char *token_url =
        request->question == QUESTION_IMDS ? memory_format("%s/latest/api/token", request->url) : NULL;
    if (token_url) url = token_url;
    if (address) {
        cleanup_free char *pair = memory_format("%s:%d:%s", request->host, request->port, address);
        exchange->addresses = curl_slist_append(NULL, pair);
        curl_easy_setopt(easy, CURLOPT_RESOLVE, exchange->addresses);
    }
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* http_proxy is for the app; the agent is never behind it */
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, left_ms);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)READ_BUFFER);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "appsig-exec");
    pose_question(exchange);
    return true;
}

static enum answer answer_of_failure(CURL *easy, CURLcode code, bool connected) {
    long system = 0;
    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &system);
    /* taken and thrown away before the connection was seen to stand */
    if (code == CURLE_COULDNT_CONNECT && system == ECONNRESET) return ANSWER_STRANGER;
    if (code == CURLE_COULDNT_CONNECT) return ANSWER_REFUSED;
    if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_URL_MALFORMAT) return ANSWER_UNREACHABLE;
    if (code == CURLE_OPERATION_TIMEDOUT) return connected ? ANSWER_SILENT : ANSWER_TIMEOUT;
    return ANSWER_STRANGER; /* closed, reset, no HTTP, or more than anyone would answer */
}

/* The second step of IMDSv2: the tag, with the token that the first step was given. True where it is under way. */
static bool ask_for_tag(struct session *session, struct exchange *exchange, long status) {
    if (exchange->request->question != QUESTION_IMDS || exchange->step != 0 || status != 200) return false;
    char token[256];
    if (!metadata_plain_name(exchange->body, exchange->length, token, sizeof token)) return false;
    cleanup_free char *header = memory_format("X-aws-ec2-metadata-token: %s", token);
    cleanup_free char *url = memory_format("%s/latest/meta-data/tags/instance/Name", exchange->request->url);
    exchange->step = 1;
    exchange->length = 0;
    add_header(exchange, header);
    curl_multi_remove_handle(session->multi, exchange->easy);
    curl_easy_setopt(exchange->easy, CURLOPT_CUSTOMREQUEST, NULL);
    curl_easy_setopt(exchange->easy, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(exchange->easy, CURLOPT_HTTPHEADER, exchange->headers);
    curl_easy_setopt(exchange->easy, CURLOPT_URL, url);
    return curl_multi_add_handle(session->multi, exchange->easy) == CURLM_OK;
}

static void conclude(struct session *session, struct exchange *exchange, CURLcode code) {
    long status = 0;
    curl_off_t connected = 0;
    char *content_type = NULL;
    curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(exchange->easy, CURLINFO_CONNECT_TIME_T, &connected);
    curl_easy_getinfo(exchange->easy, CURLINFO_CONTENT_TYPE, &content_type);
    struct probe_answer *answer = exchange->answer;
    enum question question = exchange->request->question;
    answer->milliseconds = (int)(clock_now_ms() - session->begin_ms);
    answer->status = (int)status;
    if (code == CURLE_WRITE_ERROR && question == QUESTION_SAMPLER)
        code = CURLE_OK; /* many rules: their begin is enough */
    if (code != CURLE_OK) {
        answer->answer = answer_of_failure(exchange->easy, code, connected > 0);
    } else if (question == QUESTION_TCP) {
        answer->answer = ANSWER_OPEN;
    } else {
        if (ask_for_tag(session, exchange, status)) return;
        answer->answer = probe_judge(question, (int)status, content_type, exchange->body, exchange->length);
    }
    if (answer->answer == ANSWER_HEALTHY && question == QUESTION_ECS)
        metadata_container_name(exchange->body, exchange->length, answer->name, sizeof answer->name);
    if (answer->answer == ANSWER_HEALTHY && question == QUESTION_IMDS && exchange->step == 1)
        metadata_plain_name(exchange->body, exchange->length, answer->name, sizeof answer->name);
    exchange->done = true;
}

/* True once nothing that is still under way could be preferred to what is known. */
static bool settled(const struct session *session) {
    for (size_t i = 0; i < session->count; i++) {
        const struct exchange *open = &session->exchanges[i];
        bool outranked = false;
        if (open->done) continue;
        for (size_t j = 0; j < session->count; j++) {
            const struct exchange *other = &session->exchanges[j];
            if (other->done && other->request->question == open->request->question &&
                other->request->rank < open->request->rank && other->answer->answer == ANSWER_HEALTHY)
                outranked = true;
        }
        if (!outranked) return false;
    }
    return true;
}

static void collect(struct session *session) {
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(session->multi, &left));) {
        if (message->msg != CURLMSG_DONE) continue;
        struct exchange *exchange = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&exchange);
        if (exchange) conclude(session, exchange, message->data.result);
    }
}

static void run(struct session *session) {
    int running = 1;
    for (;;) {
        if (curl_multi_perform(session->multi, &running) != CURLM_OK) return;
        collect(session);
        long left = session->begin_ms + session->deadline_ms - clock_now_ms();
        if (settled(session) || left <= 0) return;
        curl_multi_poll(session->multi, NULL, 0, (int)left, NULL);
    }
}

/* What the deadline cut off: had it been connected at all? */
static void mark_unfinished(struct session *session) {
    for (size_t i = 0; i < session->count; i++) {
        struct exchange *exchange = &session->exchanges[i];
        if (exchange->done || !exchange->easy) continue;
        curl_off_t connected = 0;
        curl_easy_getinfo(exchange->easy, CURLINFO_CONNECT_TIME_T, &connected);
        exchange->answer->answer = connected > 0 ? ANSWER_SILENT : ANSWER_TIMEOUT;
        exchange->answer->milliseconds = (int)(clock_now_ms() - session->begin_ms);
    }
}

static void release(struct session *session) {
    for (size_t i = 0; i < session->count; i++) {
        struct exchange *exchange = &session->exchanges[i];
        if (!exchange->easy) continue;
        curl_multi_remove_handle(session->multi, exchange->easy);
        curl_easy_cleanup(exchange->easy);
        curl_slist_free_all(exchange->headers);
        curl_slist_free_all(exchange->addresses);
    }
    if (session->multi) curl_multi_cleanup(session->multi);
    free(session->exchanges);
    curl_global_cleanup();
}

void probe_ask(const struct probe_request *requests, size_t count, int deadline_ms, bool sandbox,
               struct probe_verdict *verdict) {
    *verdict = (struct probe_verdict){0};
    if (count > PROBE_MOST) count = PROBE_MOST;
    struct session session = {.begin_ms = clock_now_ms(), .deadline_ms = deadline_ms, .count = count};
    if (curl_global_init(CURL_GLOBAL_NOTHING) != CURLE_OK) return;
    session.multi = curl_multi_init();
    session.exchanges = memory_zeroed(count, sizeof *session.exchanges);
    struct resolved addresses[PROBE_MOST] = {0};
    resolve_hosts(requests, count, deadline_ms / 2, addresses);
    if (sandbox) verdict->sandboxed = sandbox_close();
    for (size_t i = 0; i < count && session.multi; i++) {
        struct exchange *exchange = &session.exchanges[i];
        exchange->request = &requests[i];
        exchange->answer = &verdict->answers[i];
        long left = deadline_ms - (clock_now_ms() - session.begin_ms);
        bool ready =
            addresses[i].usable &&
            prepare(exchange, addresses[i].address[0] ? addresses[i].address : NULL, left > 1 ? left : 1) &&
            curl_multi_add_handle(session.multi, exchange->easy) == CURLM_OK;
        if (ready) continue;
        exchange->answer->answer = ANSWER_UNREACHABLE;
        exchange->done = true;
    }
    if (session.multi) run(&session);
    mark_unfinished(&session);
    if (!sandbox) release(&session); /* the child ends with its verdict: tidying up would only hold it up */
    verdict->count = count;
}
