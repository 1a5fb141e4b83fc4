/* What the person asked for: options, answers, .appsig-patch.ini. */
#ifndef PATCH_SETTINGS_H
#define PATCH_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/options.h"
#include "common/text.h"
#include "dockerfile-patcher/engine/finding.h"
#include "dockerfile-patcher/engine/question.h"

enum mode { MODE_DIFF, MODE_WRITE, MODE_CHECK };
enum style { STYLE_SHIM, STYLE_GUIDE };
enum shim_source { SHIM_COPY, SHIM_WHEEL, SHIM_IMAGE, SHIM_URL };

/* shim_source.h; shared by all roots. */
struct shims;

struct settings {
    enum mode mode;
    enum style style;
    enum shim_source shim_source;
    char *shim_reference; /* behind wheel=, image= or url= */
    struct strings shim_paths;
    struct shims *shims;
    bool json;
    bool lint;
    bool sarif;
    const char *lint_only; /* an option that was given and has a meaning with --lint alone; NULL */
    enum severity fail_on;
    bool remove;
    bool drop_in; /* systemd: 10-appsig.conf beside the unit */
    bool pin;
    bool create_role;
    bool binary_diff;
    bool colour;
    bool ask; /* questions are put on the terminal */
    char *report_path;
    struct strings only;
    struct strings exclude;
    struct strings answer_files;
    struct answers answers;
    struct strings roots;
    const char *show; /* "help" or "version": print and leave */
    int argument_count;
    char *const *arguments;
};

/* The rows, for usage, man page and completions. */
extern const struct option_row patch_options[];
extern const size_t patch_option_count;

/* From argv; false and *error with exit code 64. */
bool settings_parse(struct settings *settings, int argc, char *const *argv, struct error **error);

/* The same with ROOT/.appsig-patch.ini, if it is there, below environment and command line. */
bool settings_for_root(struct settings *settings, const struct settings *command_line, const char *root,
                       struct error **error);

void settings_free(struct settings *settings);

#endif
