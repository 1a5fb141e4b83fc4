#include "host-setup/elsewhere.h"

#include <glob.h>
#include <string.h>

#include "common/files.h"
#include "common/memory.h"

enum { MOST_FILE = 1024 * 1024 };

static const struct {
    const char *pattern, *program;
} rows[] = {
    {"/etc/supervisord.conf", "supervisord"},
    {"/etc/supervisor/supervisord.conf", "supervisord"},
    {"/etc/supervisor/conf.d/*", "supervisord"},
    {"/etc/supervisord.d/*", "supervisord"},
    {"/etc/crontab", "cron"},
    {"/etc/cron.d/*", "cron"},
    {"/var/spool/cron/*", "cron"},
    {"/var/spool/cron/crontabs/*", "cron"},
};

void elsewhere_find(const struct room *room, const char *directory, struct strings *places) {
    cleanup_free char *below = memory_format("%s/", directory);
    for (size_t i = 0; i < array_length(rows); i++) {
        glob_t found = {0};
        cleanup_free char *pattern = room_path(room, rows[i].pattern);
        if (glob(pattern, 0, NULL, &found) == 0)
            for (size_t j = 0; j < found.gl_pathc; j++) {
                cleanup_free char *bytes = NULL;
                size_t length;
                if (files_read(found.gl_pathv[j], MOST_FILE, &bytes, &length) == 0 && strstr(bytes, below))
                    strings_add_owned(places, memory_format("%s (%s)", found.gl_pathv[j] + strlen(room->root),
                                                            rows[i].program));
            }
        globfree(&found);
    }
}
