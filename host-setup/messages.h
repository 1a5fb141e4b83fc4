/* Everything that a person reads of the menu, the steps and the checks, in English and Korean: a row each.
 *
 * "%1" ... "%3" stand for what the caller adds. Errors stay English, as they name files and words of programs. */
#ifndef SETUP_MESSAGES_H
#define SETUP_MESSAGES_H

#include <stdbool.h>

/* clang-format off: a row a line */
#define MESSAGE_ROWS(ROW)                                                                                    \
    ROW(MENU_TITLE, "What is this instance?", "EC2 인스턴스 유형을 선택하세요:")                             \
    ROW(MENU_BACKEND, "1) Backend (the Python app)", "1) 백엔드 (Python 앱)")                                \
    ROW(MENU_FRONTEND, "2) Frontend", "2) 프론트엔드")                                                       \
    ROW(MENU_DATABASE, "3) Database", "3) 데이터베이스")                                                     \
    ROW(MENU_AGENT, "4) CloudWatch agent only", "4) CloudWatch 에이전트만 설치")                             \
    ROW(MENU_CHOICE, "Choice [1-4, q]: ", "선택 [1-4, q]: ")                                                 \
    ROW(MENU_AGAIN, "'%1' is none of these", "'%1'은(는) 선택지에 없습니다")                                 \
    ROW(MENU_UNIT, "The app's systemd unit (empty: found by the virtual environment): ",                     \
        "앱의 systemd 유닛 (비우면 가상 환경으로 찾음): ")                                                   \
    ROW(MENU_VENV, "The app's virtual environment (empty: found by the unit): ",                             \
        "앱의 가상 환경 (비우면 유닛으로 찾음): ")                                                           \
    ROW(MENU_SERVICE, "Service name (empty: the unit's): ", "서비스 이름 (비우면 유닛 이름): ")              \
    ROW(MENU_ENVIRONMENT,                                                                                    \
        "Environment, such as production (may be empty): ", "환경, 예: production (비워도 됨): ")            \
    ROW(MENU_PROCEED, "Do this? [y/N] ", "진행할까요? [y/N] ")                                               \
    ROW(PLAN_TITLE, "Steps:", "단계:")                                                                       \
    ROW(PLAN_NOTHING, "nothing to do: this host is set up", "할 일이 없습니다: 이미 설정되어 있습니다")      \
    ROW(PLAN_UNTOUCHED, "nothing was touched (--plan)", "아무것도 변경하지 않았습니다 (--plan)")             \
    ROW(NOTE_RECEIVER,                                                                                       \
        "\"%1\": the plain \"otlp\" receiver on 4315/4316 goes, as application_signals listens there",       \
        "\"%1\": application_signals가 4315/4316을 사용하므로 그 포트의 \"otlp\" 수신기를 제거합니다")       \
    ROW(NOTE_PROXY, "\"xray\": its TCP proxy moves to %1, as application_signals has one on 2000",           \
        "\"xray\": application_signals가 2000을 사용하므로 TCP 프록시를 %1(으)로 옮깁니다")                  \
    ROW(STEP_PIP_CHECK, "see that no package of the app would change", "앱의 패키지가 바뀌지 않는지 확인")   \
    ROW(STEP_FETCH, "download %1", "%1 다운로드")                                                            \
    ROW(STEP_AGENT_INSTALL, "install the CloudWatch agent (%1)", "CloudWatch 에이전트 설치 (%1)")            \
    ROW(STEP_AGENT_THERE, "the CloudWatch agent is installed", "CloudWatch 에이전트가 설치되어 있음")        \
    ROW(STEP_BACKUP, "keep the agent's configuration beside it", "기존 에이전트 설정 백업")                  \
    ROW(STEP_CONFIG, "write the agent's configuration", "에이전트 설정 작성")                                \
    ROW(STEP_CONFIG_THERE, "the agent's configuration has all that is needed",                               \
        "에이전트 설정에 필요한 항목이 모두 있음")                                                           \
    ROW(STEP_AGENT_FETCH, "let the agent take its configuration, and start", "에이전트에 설정 적용 및 시작") \
    ROW(STEP_AGENT_STATE, "remember the agent's configuration files", "에이전트 설정 파일 상태 기억")        \
    ROW(STEP_AGENT_ENABLE, "have the agent start with the system", "부팅 시 에이전트 시작 설정")             \
    ROW(STEP_UNIT, "make the unit %1", "유닛 %1 생성")                                                       \
    ROW(STEP_UNIT_ENABLE, "have %1 start with the system", "부팅 시 %1 시작 설정")                           \
    ROW(STEP_PIP_INSTALL, "install ADOT into %1", "%1에 ADOT 설치")                                          \
    ROW(STEP_ADOT_THERE, "ADOT is installed in %1", "%1에 ADOT가 설치되어 있음")                             \
    ROW(STEP_SHIM, "put appsig-exec into %1", "%1에 appsig-exec 설치")                                       \
    ROW(STEP_SHIM_THERE, "appsig-exec is in %1", "%1에 appsig-exec가 있음")                                  \
    ROW(STEP_RETIRE, "stop %1, which runs the same app", "같은 앱을 실행하는 %1 중지")                       \
    ROW(STEP_DROP_IN, "wrap %1 by a drop-in", "%1에 드롭인 추가")                                            \
    ROW(STEP_DROP_IN_THERE, "%1 is wrapped", "%1에 드롭인이 있음")                                           \
    ROW(STEP_RELOAD, "let systemd read its units again", "systemd 유닛 다시 읽기")                           \
    ROW(STEP_RESTART, "restart %1", "%1 재시작")                                                             \
    ROW(STEP_UNDO_START, "bring %1 back as it was", "%1을(를) 이전 상태로 되돌림")                           \
    ROW(UNDO_PUT_BACK, "put back %1", "%1 되돌림")                                                           \
    ROW(UNDO_REMOVE, "remove %1", "%1 삭제")                                                                 \
    ROW(UNDO_EMPTY, "remove %1 where it is empty", "%1이(가) 비어 있으면 삭제")                              \
    ROW(UNDO_EMPTIED, "remove the empty directories that came into %1", "%1에 새로 생긴 빈 디렉터리 삭제")   \
    ROW(RESULT_DONE, "done; undo with: appsig-setup undo", "완료; 되돌리려면: appsig-setup undo")            \
    ROW(RESULT_RETURNING, "putting back what was done", "변경 사항을 되돌리는 중")                           \
    ROW(RESULT_PUT_BACK, "put back: %1", "되돌림: %1")                                                       \
    ROW(RESULT_NOT_PUT_BACK, "not put back: %1: %2", "되돌리지 못함: %1: %2")                                \
    ROW(RESULT_CLEAN, "this host is as it was before", "호스트가 이전 상태로 돌아왔습니다")                  \
    ROW(RESULT_LEFT, "run 'appsig-setup undo' again once that is mended",                                    \
        "문제를 해결한 뒤 'appsig-setup undo'를 다시 실행하세요")                                            \
    ROW(RESULT_UNFINISHED, "an earlier run did not come to its end: what it did is put back first",          \
        "이전 실행이 끝나지 않았습니다: 그 변경 사항을 먼저 되돌립니다")                                     \
    ROW(RESULT_NOTHING_TO_UNDO, "nothing to undo", "되돌릴 것이 없습니다")                                   \
    ROW(RESULT_NOT_SET_UP, "this program has changed nothing here", "이 프로그램이 변경한 것이 없습니다")    \
    ROW(STATUS_MADE, "made: %1", "생성: %1")                                                                 \
    ROW(STATUS_CHANGED, "changed: %1", "변경: %1")                                                           \
    ROW(STATUS_UNDONE_BY, "undone by: %1", "되돌리는 명령: %1")                                              \
    ROW(RESULT_INTERRUPTED, "interrupted", "중단되었습니다")                                                 \
    ROW(NEXT_STEP, "next: %1", "다음: %1")
/* clang-format on */

enum message_id {
#define MESSAGE_ID(id, english, korean) MESSAGE_##id,
    MESSAGE_ROWS(MESSAGE_ID)
#undef MESSAGE_ID
        MESSAGE_COUNT
};

/* "en", "ko" or NULL: by LC_ALL, LC_MESSAGES, LANG. */
void messages_language(const char *language);
bool messages_korean(void);

/* The text with its "%1" ... filled in; NULL for what is not there. Owned by the caller. */
char *message_make(enum message_id id, const char *first, const char *second);
const char *message_text(enum message_id id);

#endif
