/* A question that several services or scripts of one file ask. */
#include "tap.h"

#include "common/memory.h"
#include "dockerfile-patcher/engine/unit.h"
#include "dockerfile-patcher/script/script.h"

static void test_each_service_is_held_up(void) {
    struct settings settings = {0};
    struct unit unit = {.settings = &settings, .root = "."};
    struct document document = {.source = {.path = (char *)"main.tf"}, .shown = "main.tf"};
    struct service *one = unit_service(&unit, "one"), *other = unit_service(&unit, "other");
    struct service *third = unit_service(&unit, "third");
    OK(!unit_ask(&unit, one, "OS", &document, "which?", NULL), "a question is open");
    OK(!unit_ask(&unit, other, "OS", &document, "which?", NULL), "for the other service as well");
    OK(unit.questions.count == 1, "it is asked once");
    OK(!service_is_free(one) && !service_is_free(other), "both are held up");
    OK(service_is_free(third), "one that asks nothing is not");
    unit_free(&unit);
}

static void test_scripts_ask_apart(void) {
    struct settings settings = {0};
    struct unit unit = {.settings = &settings, .root = "."};
    struct document document = {.source = {.path = (char *)"main.tf"}, .shown = "main.tf"};
    struct service *service = unit_service(&unit, "one");
    struct script web = {.document = &document, .service = service, .label = "aws_instance.web"};
    struct script job = {.document = &document, .service = service, .label = "aws_instance.job"};
    struct question *question = NULL;
    script_ask(&unit, &web, "SERVICE_NAME", "which?", NULL);
    script_ask(&unit, &job, "SERVICE_NAME", "which?", &question);
    OK(unit.questions.count == 2, "two scripts of a file ask two questions");
    IS_STR(question ? question->name : "", "SERVICE_NAME_AWS_INSTANCE_JOB", "by the script's name");
    IS_STR(question ? question->text : "", "aws_instance.job: which?", "which the text has, too");
    answers_add_set(&settings.answers, "SERVICE_NAME=all");
    answers_add_set(&settings.answers, "SERVICE_NAME_AWS_INSTANCE_JOB=jobs");
    IS_STR(script_ask(&unit, &web, "SERVICE_NAME", "which?", NULL), "all", "an answer is one for all");
    IS_STR(script_ask(&unit, &job, "SERVICE_NAME", "which?", NULL), "jobs", "but for a script's own");
    answers_free(&settings.answers);
    unit_free(&unit);
}

int main(void) {
    test_each_service_is_held_up();
    test_scripts_ask_apart();
    return done_testing();
}
