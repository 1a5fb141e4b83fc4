/* The lines that are put into a boot script, in both styles, without a newline at their end.
 *
 * Style guide has the guide's text. In style shim no line can end the script, whatever fails and however strict its
 * shell is: each is a list whose last member is `true`. A comment in front tells ours from others, and a line that ends
 * in the row's last words is the last one of a block. */
#ifndef PATCH_BOOT_TEXTS_H
#define PATCH_BOOT_TEXTS_H

#include "dockerfile-patcher/script/boot/model.h"

/* Where our configuration stands where another is there already. */
#define BOOT_CONFIG_BESIDE AGENT_HOME "/etc/application-signals.json"

struct boot_block {
    const char *mark; /* its first line */
    const char *last; /* what its last line holds */
};
extern const struct boot_block boot_blocks[];
extern const size_t boot_block_count;

enum { BLOCK_INSTALL, BLOCK_CONFIG, BLOCK_FETCH, BLOCK_SHIM, BLOCK_ADOT };

void boot_text_install(const struct boot *boot, struct text *out);
void boot_text_config(const struct boot *boot, struct text *out, const char *path);
void boot_text_fetch(const struct boot *boot, struct text *out, const char *action, const char *path);
void boot_text_shim(const struct boot *boot, struct text *out);

/* The guide's lines that name the service or are ours for sure; for --remove. */
extern const char boot_guide_config_mark[];
extern const char boot_guide_fetch_mark[];
extern const char boot_guide_adot_mark[];
extern const char boot_guide_environment_mark[];
extern const char boot_guide_start_mark[];
extern const char boot_guide_django_mark[];

/* Is the line one that installs the agent in style guide? */
bool boot_is_guide_install(const char *line);

/* In front of what is started: nothing is left of it where appsig-exec is not there. */
#define BOOT_LOOKUP "$(command -v appsig-exec || true) "
#define BOOT_LOOKUP_ANYWHERE "$(command -v " BOOT_SHIM " || command -v appsig-exec || true) "
/* systemd has no expansion of commands, and its PATH may be the unit's own. */
#define BOOT_UNIT_LOOKUP                                                                                     \
    "/bin/sh -c 'exec $$(command -v " BOOT_SHIM " || command -v appsig-exec || true) \"$$0\" \"$$@\"' "
#define BOOT_UNIT_LOOKUP_EXPANDED                                                                            \
    "/bin/sh -c 'exec \\$\\$(command -v " BOOT_SHIM                                                          \
    " || command -v appsig-exec || true) \"\\$\\$0\" \"\\$\\$@\"' "

/* True where a line may stand behind `line`: the next one does not ask for $?. */
bool boot_may_follow(const struct boot *boot, size_t line);

#endif
