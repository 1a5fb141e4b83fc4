#include "host-setup/checks.h"

#include <stdlib.h>

#include "common/memory.h"
#include "host-setup/messages.h"

/* clang-format off: a row a line */
const struct check_row check_rows[] = {
    {"agent-installed", "the CloudWatch agent is installed", "CloudWatch 에이전트가 설치됨", false, false,
     false, check_agent_installed},
    {"agent-running", "it runs", "에이전트가 실행 중", false, true, true, check_agent_running},
    {"agent-config", "its configuration has both application_signals sections",
     "설정에 application_signals 두 섹션이 모두 있음", false, false, false, check_agent_config},
    {"port-2000", "it listens on 2000 (X-Ray sampling)", "2000 포트 수신 (X-Ray 샘플링)", false, true, true,
     check_port_sampler},
    {"port-4315", "it listens on 4315 (OTLP, gRPC)", "4315 포트 수신 (OTLP gRPC)", false, true, true,
     check_port_grpc},
    {"port-4316", "it listens on 4316 (OTLP, HTTP)", "4316 포트 수신 (OTLP HTTP)", false, true, true,
     check_port_http},
    {"imds", "the instance has a role", "인스턴스에 IAM 역할이 연결됨", false, true, false, check_imds},
    {"sampler", "AWS answers the sampling proxy", "샘플링 프록시에 AWS가 응답함", false, true, false,
     check_sampler},
    {"permissions", "AWS refused the agent nothing in the last ten minutes",
     "최근 10분간 AWS가 에이전트의 요청을 거부하지 않음", false, true, false, check_permissions},
    {"adot", "the app's Python has ADOT", "앱의 Python에 ADOT가 설치됨", true, false, false, check_adot},
    {"wrapped", "the unit starts by appsig-exec", "유닛이 appsig-exec로 시작됨", true, false, false,
     check_wrapped},
    {"app-running", "the app runs, instrumented", "앱이 계측된 상태로 실행 중", true, true, false,
     check_app_running},
    {"span", "a test span is accepted", "테스트 스팬이 수락됨", false, true, false, check_span},
    {"app-spans", "the app sends spans of its own", "앱이 스팬을 전송함", true, true, false, check_app_spans},
    {"backend", "the service is in Application Signals", "Application Signals에 서비스가 있음", true, true,
     false, check_backend},
};
/* clang-format on */
const size_t check_row_count = array_length(check_rows);

const char *check_words(const char *english, const char *korean) {
    return messages_korean() ? korean : english;
}

void check_good(struct check_result *result, char *evidence) {
    *result = (struct check_result){CHECK_GOOD, evidence, NULL};
}

void check_bad(struct check_result *result, char *evidence, char *next) {
    *result = (struct check_result){CHECK_BAD, evidence, next};
}

void check_left_out(struct check_result *result, char *evidence) {
    *result = (struct check_result){CHECK_LEFT_OUT, evidence, NULL};
}

void check_result_free(struct check_result *result) {
    free(result->evidence);
    free(result->next);
}
