/* appsig-patch: rewrites the files that start an app, so that Application Signals sees it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "dockerfile-patcher/engine/finding.h"
#include "dockerfile-patcher/engine/run.h"
#include "dockerfile-patcher/engine/sandbox.h"
#include "dockerfile-patcher/lint/lint.h"
#include "gen/version.h"

static void out_of_memory(void) {
    fputs("appsig-patch: out of memory\n", stderr);
    _exit(EXIT_REFUSED);
}

static int usage(void) {
    puts(
        "usage: appsig-patch [OPTION...] [ROOT|FILE|-...]\n\n"
        "Rewrites Dockerfiles and what else starts a Python app, so that AWS Application Signals sees it.\n"
        "ROOT is a repository; without one it is the current directory. Nothing is written without --write.\n");
    options_print(stdout, patch_options, patch_option_count);
    puts(
        "\nexit codes: 0 done or nothing to do, 1 changes pending (--check) or findings (--lint --fail-on), 2 open questions,\n"
        "3 a file not understood or not written, 64 usage");
    return fflush(stdout) == 0 ? EXIT_DONE : EXIT_REFUSED;
}

static int fail(const struct error *error) {
    fprintf(stderr, "appsig-patch: %s\n", error->message);
    return error->exit_code;
}

int main(int argc, char **argv) {
    struct settings settings;
    cleanup_error struct error *error = NULL;
    memory_on_failure(out_of_memory);
    bool parsed = settings_parse(&settings, argc, argv, &error);
    int exit_code = EXIT_DONE;
    if (parsed && settings.show && strcmp(settings.show, "help") == 0)
        exit_code = usage();
    else if (parsed && settings.show && strcmp(settings.show, "lint-rules") == 0)
        exit_code = lint_print_page() ? EXIT_DONE : EXIT_REFUSED;
    else if (parsed && settings.show)
        exit_code = printf("appsig-patch %s (cJSON %s)\n", APPSIG_VERSION, APPSIG_CJSON_VERSION) < 0;
    else if (parsed) {
        sandbox_enter();
        exit_code = settings.lint ? lint_roots(&settings, &error) : run_roots(&settings, &error);
    }
    settings_free(&settings);
    return error ? fail(error) : exit_code;
}
