#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "host-setup/checks.h"
#include "host-setup/http.h"
#include "host-setup/otlp.h"

#define IMDS "http://169.254.169.254"
#define ROLE_PATH "/latest/meta-data/iam/security-credentials/"
#define POLICY "share/appsig/conf/iam-policy.json"

enum { IMDS_MS = 2000, AGENT_MS = 15000, MOST_SAID = 300 };

static char *join(const char *base, const char *path) { return memory_format("%s%s", base, path); }

static char *said(const struct http_answer *answer) {
    if (!answer->status) return memory_copy(answer->failure);
    cleanup_free char *body = text_printable(answer->body.bytes ? answer->body.bytes : "", MOST_SAID);
    return memory_format("%ld %s", answer->status, body);
}

/* IMDSv2: AWS's guide "Use the Instance Metadata Service". The variable is the AWS SDKs' own. */
void check_imds(const struct check_context *context, struct check_result *result) {
    const char *given = getenv("AWS_EC2_METADATA_SERVICE_ENDPOINT"), *base = given && *given ? given : IMDS;
    cleanup_free char *token_url = join(base, "/latest/api/token"), *role_url = join(base, ROLE_PATH);
    static const char *const token_headers[] = {"X-aws-ec2-metadata-token-ttl-seconds: 60", NULL};
    if (text_equal(context->settings->values[SETUP_AGENT_MODE], "onPremise")) {
        check_left_out(result, memory_copy("--mode=onPremise"));
        return;
    }
    const struct http_question ask_token = {"PUT", token_url, token_headers, "", 0, IMDS_MS};
    cleanup_answer struct http_answer token, role = {0};
    http_ask(&ask_token, &token);
    if (!token.status && !context->look->ec2 && !given) {
        check_left_out(
            result, memory_copy(check_words("no instance of EC2: the agent takes its credentials elsewhere",
                                            "EC2 인스턴스가 아님: 에이전트가 다른 자격 증명을 사용합니다")));
        return;
    }
    if (token.status != 200) {
        check_bad(result, said(&token),
                  memory_copy(check_words("turn the instance's metadata service on (HttpEndpoint=enabled)",
                                          "인스턴스 메타데이터 서비스를 켜세요 (HttpEndpoint=enabled)")));
        return;
    }
    cleanup_free char *header = memory_format("X-aws-ec2-metadata-token: %s", token.body.bytes);
    const char *const headers[] = {header, NULL};
    const struct http_question ask_role = {"GET", role_url, headers, NULL, 0, IMDS_MS};
    http_ask(&ask_role, &role);
    if (role.status == 200)
        check_good(result, text_printable(role.body.bytes ? role.body.bytes : "", MOST_SAID));
    else
        check_bad(
            result, said(&role),
            memory_copy(check_words("attach an IAM role with the policy " AGENT_POLICY " or " POLICY,
                                    AGENT_POLICY " 또는 " POLICY " 정책이 있는 IAM 역할을 연결하세요")));
}

char *check_refused_action(const char *said) {
    static const char words[] = "not authorized to perform: ";
    const char *at = said ? strstr(said, words) : NULL;
    if (!at) return NULL;
    at += strlen(words);
    return memory_copy_bytes(at, strcspn(at, " \"\\\n"));
}

char *check_next_policy(void) {
    return memory_copy(check_words("the role lacks that permission: give it the policy " POLICY,
                                   "역할에 그 권한이 없습니다: " POLICY " 정책을 추가하세요"));
}

static void refused(const struct http_answer *answer, struct check_result *result) {
    cleanup_free char *permission = check_refused_action(answer->body.bytes);
    if (permission)
        check_bad(result, memory_format("%ld: %s", answer->status, permission), check_next_policy());
    else
        check_bad(
            result, said(answer),
            memory_copy(check_words("AWS does not take the agent's credentials: see the role and the clock",
                                    "AWS가 자격 증명을 거부했습니다: 역할과 시계를 확인하세요")));
}

static char *next_reach(void) {
    return memory_copy(
        check_words("the agent cannot reach AWS: see the route, the security group, an endpoint of X-Ray",
                    "에이전트가 AWS에 연결할 수 없습니다: 라우팅, 보안 그룹, X-Ray 엔드포인트를 확인하세요"));
}

/* What a stranger on the agent's port answers says nothing. */
static bool is_deaf(int port, struct check_result *result) {
    if (check_agent_has(port)) return false;
    check_left_out(result, memory_format("port-%d", port));
    return true;
}

void check_sampler(const struct check_context *context, struct check_result *result) {
    (void)context;
    if (is_deaf(AGENT_PORT_SAMPLER, result)) return;
    static const char *const headers[] = {"Content-Type: application/json", NULL};
    const struct http_question question = {
        "POST", "http://127.0.0.1:2000/GetSamplingRules", headers, "{}", 2, AGENT_MS};
    cleanup_answer struct http_answer answer;
    http_ask(&question, &answer);
    if (answer.status == 200 && answer.body.bytes && strstr(answer.body.bytes, "SamplingRuleRecords"))
        check_good(result, memory_copy("200, SamplingRuleRecords"));
    else if (answer.status == 403)
        refused(&answer, result);
    else if (answer.status == 502)
        check_bad(result, said(&answer), next_reach());
    else
        check_bad(result, said(&answer),
                  memory_copy(check_words("what answers on 2000 is not the agent's proxy",
                                          "2000 포트에서 응답하는 것은 에이전트의 프록시가 아닙니다")));
}

void check_span(const struct check_context *context, struct check_result *result) {
    (void)context;
    if (is_deaf(AGENT_PORT_HTTP, result)) return;
    static const char *const headers[] = {"Content-Type: application/x-protobuf", NULL};
    struct otlp_span span;
    cleanup_text struct text body = {0};
    otlp_span_now(&span, "appsig-setup-verify", "verify");
    otlp_encode(&span, &body);
    const struct http_question question = {
        "POST", "http://127.0.0.1:4316/v1/traces", headers, body.bytes, body.length, AGENT_MS};
    cleanup_answer struct http_answer answer;
    http_ask(&question, &answer);
    if (answer.status == 200 && text_starts(answer.content_type, "application/x-protobuf"))
        check_good(result, memory_copy("POST /v1/traces: 200"));
    else if (answer.status == 500)
        refused(&answer, result);
    else if (answer.status == 503)
        check_bad(result, said(&answer), next_reach());
    else
        check_bad(result, said(&answer),
                  memory_copy(check_words(
                      "what answers on 4316 takes no spans: see who has the port",
                      "4316 포트가 스팬을 받지 않습니다: 포트를 사용하는 프로세스를 확인하세요")));
}
