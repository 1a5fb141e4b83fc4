/* appsig-setup: options -> look -> plan -> do -> verify. */
#include <stdio.h>
#include <unistd.h>

#include "common/memory.h"
#include "gen/version.h"
#include "host-setup/menu.h"
#include "host-setup/messages.h"
#include "host-setup/room.h"
#include "host-setup/settings.h"
#include "host-setup/verbs.h"

static void out_of_memory(void) {
    fputs("appsig-setup: out of memory\n", stderr);
    _exit(SETUP_FAILED);
}

static int version(void) {
    return printf("appsig-setup %s (curl %s, mbedtls %s, cJSON %s)\n", APPSIG_VERSION, APPSIG_CURLTLS_VERSION,
                  APPSIG_MBEDTLS_VERSION, APPSIG_CJSON_VERSION) < 0;
}

static int run(const struct setup_settings *settings, bool asked, struct error **error) {
    struct room room = {.root = settings->root};
    int code = SETUP_DONE;
    switch (settings->verb) {
    case VERB_BACKEND:
    case VERB_FRONTEND:
    case VERB_DATABASE:
    case VERB_AGENT: code = verb_set_up(settings, &room, asked, error); break;
    case VERB_VERIFY: code = verb_verify(settings, &room); break;
    case VERB_STATUS: code = verb_status(settings, &room, error); break;
    case VERB_UNDO: code = verb_undo(settings, &room, error); break;
    case VERB_MENU:
    default: break;
    }
    room_free(&room);
    return code;
}

int main(int argc, char **argv) {
    struct setup_settings settings;
    cleanup_error struct error *error = NULL;
    memory_on_failure(out_of_memory);
    int code = SETUP_USAGE;
    if (setup_settings_parse(&settings, argc, argv, &error)) {
        messages_language(settings.values[SETUP_LANGUAGE]);
        bool asks = settings.verb == VERB_MENU && isatty(STDIN_FILENO);
        if (settings.values[SETUP_HELP])
            code = setup_usage();
        else if (settings.values[SETUP_VERSION])
            code = version();
        else if (settings.verb == VERB_MENU && !asks)
            error_set(&error, SETUP_USAGE, "'verb' is missing: see --help");
        else
            code = !asks || menu_ask(&settings) ? run(&settings, asks, &error) : SETUP_DONE;
    }
    setup_settings_free(&settings);
    if (error) fprintf(stderr, "appsig-setup: %s\n", error->message);
    return error ? error->exit_code : code;
}
