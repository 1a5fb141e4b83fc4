/* What cloud-init takes a UserData for, by its first line ("User data formats"). */
#ifndef PATCH_USER_DATA_H
#define PATCH_USER_DATA_H

#include <stdbool.h>
#include <stddef.h>

#include "dockerfile-patcher/script/script.h"

enum user_data_kind { USER_DATA_SCRIPT, USER_DATA_CLOUD_CONFIG, USER_DATA_MIME, USER_DATA_OTHER };

enum user_data_kind user_data_kind_of(const struct script *script);

/* Leaves the lines of a MIME message's one shell script, and in *other_raw the bytes of all others. false where there is
 * not just one. For views that are whole lines only. */
bool user_data_keep_shell_part(struct script *script, size_t *other_raw);

#endif
