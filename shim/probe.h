/* Questions asked over the network before the app starts: the agent's two ports, and the metadata services.
 *
 * All questions go out at once under one deadline, from a forked child that a seccomp filter restricts to the socket
 * work it needs; the parent reads one fixed-size verdict from a pipe, so nothing that a stranger's port answers is
 * parsed in the process that becomes the app. The child is reaped before the command is started. Where fork is refused the
 * questions are asked in this process, and where seccomp is not supported without a filter. */
#ifndef SHIM_PROBE_H
#define SHIM_PROBE_H

#include <stdbool.h>
#include <stddef.h>

enum question {
    QUESTION_OTLP, /* POST /v1/traces, protobuf, length 0: does an OTLP receiver listen (FACTS, "What the probe meets") */
    QUESTION_SAMPLER, /* POST /GetSamplingRules: does the agent's X-Ray proxy answer */
    QUESTION_TCP,     /* does anything accept: for https endpoints and gRPC */
    QUESTION_ECS,     /* GET the container's metadata (v4): its name */
    QUESTION_IMDS     /* IMDSv2: token, then the instance's Name tag */
};

enum answer {
    ANSWER_NONE,        /* not asked, or the probe itself failed */
    ANSWER_HEALTHY,     /* as it should be */
    ANSWER_REFUSED,     /* nothing listens */
    ANSWER_UNREACHABLE, /* no route, or the name has no address */
    ANSWER_SILENT,      /* connected, and no answer within the deadline */
    ANSWER_TIMEOUT,     /* not even connected within the deadline */
    ANSWER_STRANGER,    /* something else answers there */
    ANSWER_FORBIDDEN,   /* the sampling proxy is there, AWS says 403 */
    ANSWER_NO_AWS,      /* the sampling proxy is there, AWS cannot be reached (502) */
    ANSWER_OPEN         /* QUESTION_TCP: a connection was accepted */
};

enum { PROBE_MOST = 10, PROBE_NAME_SIZE = 256 };

struct probe_request {
    enum question question;
    char url[640];
    char host[256]; /* as in the URL */
    int port;
    int rank; /* candidates for one role, best first: once a better one is healthy, worse ones are not waited for */
};

struct probe_answer {
    enum answer answer;
    int status; /* HTTP status, 0 where there was none */
    int milliseconds;
    char name[PROBE_NAME_SIZE]; /* QUESTION_ECS, QUESTION_IMDS: what was told, printable ASCII; else "" */
};

struct probe_verdict {
    size_t count; /* answers that are there, in the order of the requests; 0 where the probe failed */
    struct probe_answer answers[PROBE_MOST];
    bool sandboxed; /* the filter was in force */
    bool forked;
};

/* Questions under way. */
struct probe {
    int descriptor; /* the child's verdict comes here; -1 where there is no child */
    int child;
    long end_ms;                     /* on the monotonic clock */
    struct probe_verdict asked_here; /* where fork was refused */
};

/* Asks all requests. The child works while the caller goes on looking at files; the requests must stay until
 * probe_finish, which waits for the rest of the deadline and some milliseconds. The child is on its way out then: probe_reap
 * waits for its end, and is to be called before anything else is started; it does nothing where there is no child. */
void probe_start(const struct probe_request *requests, size_t count, int deadline_ms, struct probe *probe);
void probe_finish(struct probe *probe, struct probe_verdict *verdict);
void probe_reap(struct probe *probe);

/* "healthy", "refused", …: for --explain. */
const char *answer_name(enum answer answer);

/* The part that runs in the child: resolves names (c-ares), closes the sandbox where `sandbox` is true, asks (libcurl's
 * multi interface). */
void probe_ask(const struct probe_request *requests, size_t count, int deadline_ms, bool sandbox,
               struct probe_verdict *verdict);

/* What an HTTP exchange means for a question. `body` holds its first `length` bytes. */
enum answer probe_judge(enum question question, int status, const char *content_type, const char *body,
                        size_t length);

#endif
