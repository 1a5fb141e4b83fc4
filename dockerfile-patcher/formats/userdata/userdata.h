/* Files that a machine gets as UserData: a shell script, `#cloud-config` YAML, or a MIME message of several of them. */
#ifndef PATCH_USERDATA_H
#define PATCH_USERDATA_H

#include "dockerfile-patcher/engine/unit.h"
#include "dockerfile-patcher/script/script.h"

enum userdata_kind { USERDATA_UNKNOWN, USERDATA_SCRIPT, USERDATA_CLOUD_CONFIG, USERDATA_MIME };

struct userdata {
    enum userdata_kind kind;
};

/* Lines of the span as a boot script; other_raw bytes of UserData stand outside of it. */
void userdata_plan_script(struct unit *unit, struct document *document, struct span span, size_t other_raw);

#endif
