/* `#cloud-config`: `runcmd` and `write_files` as a boot script, in whatever host holds its lines. */
#ifndef PATCH_CLOUD_CONFIG_H
#define PATCH_CLOUD_CONFIG_H

#include "dockerfile-patcher/script/boot.h"

/* `host`: the lines of the YAML; the changes are asked of it. What is refused is told of its document. */
enum boot_outcome cloud_config_plan(struct unit *unit, struct script *host, const struct machine *machine);

/* The same script, for the time of the call, to be read only. */
void cloud_config_read(struct unit *unit, struct script *host,
                       void (*use)(struct script *script, void *context), void *context);

#endif
