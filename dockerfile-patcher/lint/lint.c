#include "dockerfile-patcher/lint/lint.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/files.h"
#include "dockerfile-patcher/lint/read.h"
#include "dockerfile-patcher/lint/report.h"

static int exit_code_of(const struct lint_findings *findings, enum severity fail_on) {
    for (size_t i = 0; i < findings->count; i++)
        if (findings->items[i].rule->severity >= fail_on) return EXIT_PENDING;
    return EXIT_DONE;
}

static bool lint_root(struct lint_report *report, const struct settings *command_line, const char *root,
                      int *exit_code, struct error **error) {
    struct settings settings;
    struct facts facts = {0};
    struct lint_findings findings = {0};
    bool directory = files_is_directory(root);
    bool done = settings_for_root(&settings, command_line, directory ? root : ".", error) &&
                lint_gather(&settings, root, &facts, error);
    if (done) {
        lint_check(&facts, &findings);
        lint_report_add(report, command_line->roots.count > 1 && directory ? root : NULL, &findings);
        if (exit_code_of(&findings, settings.fail_on) > *exit_code) *exit_code = EXIT_PENDING;
    }
    lint_findings_free(&findings);
    facts_free(&facts);
    settings_free(&settings);
    return done;
}

int lint_roots(struct settings *settings, struct error **error) {
    struct lint_report report;
    int exit_code = EXIT_DONE;
    bool done = true;
    if (settings->mode == MODE_WRITE || settings->remove)
        return error_set(error, EXIT_USAGE, "'--lint' changes nothing: leave --%s out",
                         settings->remove ? "remove" : "write");
    lint_report_begin(&report, settings);
    for (size_t i = 0; i < settings->roots.count && done; i++)
        done = lint_root(&report, settings, settings->roots.items[i], &exit_code, error);
    bool written = lint_report_end(&report);
    if (done && !written)
        error_set(error, EXIT_REFUSED, "'standard output' cannot be written: %s", strerror(errno));
    return exit_code;
}

bool lint_print_page(void) {
    puts(
        "# What `appsig-patch --lint` finds\n\n"
        "Made from the rules by `appsig-patch --lint-rules`. A comment `# appsig-ignore` on the line, right above it "
        "or at\nthe head of the file keeps a place from being told.");
    for (size_t i = 0; i < lint_rule_count; i++)
        printf("\n## %s\n\n%s\n\nSeverity: %s. Fix: %s.\n", lint_rules[i].id, lint_rules[i].meaning,
               severity_words[lint_rules[i].severity], lint_rules[i].fix);
    return fflush(stdout) == 0;
}
