/* Programs that only lead to another in a boot script: sudo, su, nohup, screen. What is handed on as a text (su -c) is a
 * layer of its own (commands.h). */
#ifndef PATCH_BOOT_LEADS_H
#define PATCH_BOOT_LEADS_H

#include <stdbool.h>
#include <stddef.h>

#include "dockerfile-patcher/app/launch.h"

struct boot_lead {
    struct launch launch; /* of what is led to; its indices are those of the whole command */
    const char *user;     /* who it is run as, or NULL */
    bool switched;        /* its environment is made anew */
    bool background;      /* goes on running behind the script */
};

void boot_lead_of(const char *const *words, size_t count, struct boot_lead *lead);

#endif
