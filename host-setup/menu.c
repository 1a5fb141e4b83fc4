#include "host-setup/menu.h"

#include <stdio.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "host-setup/messages.h"

enum { LONGEST_ANSWER = 1024 };

static const struct {
    const char *choice;
    enum setup_verb verb;
    enum message_id text;
} choices[] = {{"1", VERB_BACKEND, MESSAGE_MENU_BACKEND},
               {"2", VERB_FRONTEND, MESSAGE_MENU_FRONTEND},
               {"3", VERB_DATABASE, MESSAGE_MENU_DATABASE},
               {"4", VERB_AGENT, MESSAGE_MENU_AGENT}};

static const struct {
    enum setup_option option;
    enum message_id question;
} questions[] = {{SETUP_UNIT, MESSAGE_MENU_UNIT},
                 {SETUP_VENV, MESSAGE_MENU_VENV},
                 {SETUP_SERVICE_NAME, MESSAGE_MENU_SERVICE},
                 {SETUP_ENVIRONMENT, MESSAGE_MENU_ENVIRONMENT}};

/* One line without its end; NULL at the end of input. Valid until the next question. */
static const char *ask(enum message_id question, char answer[LONGEST_ANSWER]) {
    fputs(message_text(question), stdout);
    fflush(stdout);
    if (!fgets(answer, LONGEST_ANSWER, stdin)) return NULL;
    answer[strcspn(answer, "\r\n")] = '\0';
    return answer + strspn(answer, " \t");
}

static bool ask_value(struct setup_settings *settings, size_t number) {
    char line[LONGEST_ANSWER];
    enum setup_option option = questions[number].option;
    const struct option_row *row = &setup_options[option];
    while (!settings->values[option]) {
        cleanup_free char *complaint = NULL;
        const char *answer = ask(questions[number].question, line);
        if (!answer) return false;
        if (!*answer) break;
        if (!row->check || row->check(answer, &complaint)) {
            strings_add(&settings->answers, answer);
            settings->values[option] = settings->answers.items[settings->answers.count - 1];
        } else {
            printf("'%s' %s\n", answer, complaint);
        }
    }
    return true;
}

static bool ask_verb(struct setup_settings *settings) {
    char line[LONGEST_ANSWER];
    puts(message_text(MESSAGE_MENU_TITLE));
    for (size_t i = 0; i < array_length(choices); i++) puts(message_text(choices[i].text));
    for (;;) {
        const char *answer = ask(MESSAGE_MENU_CHOICE, line);
        if (!answer || strcmp(answer, "q") == 0) return false;
        for (size_t i = 0; i < array_length(choices); i++)
            if (strcmp(choices[i].choice, answer) == 0) {
                settings->verb = choices[i].verb;
                return true;
            }
        cleanup_free char *shown = text_printable(answer, 40),
                          *again = message_make(MESSAGE_MENU_AGAIN, shown, NULL);
        puts(again);
    }
}

bool menu_ask(struct setup_settings *settings) {
    if (!ask_verb(settings)) return false;
    for (size_t i = 0; settings->verb == VERB_BACKEND && i < array_length(questions); i++)
        if (!ask_value(settings, i)) return false;
    return true;
}

bool menu_proceed(void) {
    char line[LONGEST_ANSWER];
    const char *answer = ask(MESSAGE_MENU_PROCEED, line);
    return text_equal(answer, "y") || text_equal(answer, "yes") || text_equal(answer, "Y");
}
