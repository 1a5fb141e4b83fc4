/* Django's settings module, which ADOT needs to know before the app starts. */
#ifndef PATCH_DJANGO_H
#define PATCH_DJANGO_H

#include "dockerfile-patcher/app/deployed.h"

struct django {
    bool certain;   /* the command starts Django */
    char *settings; /* owned by the caller; NULL where it is not told */
};

/* From --settings, or the literal in the manage.py that the command names or that lies beside its module. */
void django_of_command(const struct deployed *deployed, const char *const *words, size_t count,
                       struct django *django);

/* The literal behind DJANGO_SETTINGS_MODULE in Python text, or NULL; owned by the caller. */
char *django_settings_in(const char *bytes, size_t length);

#endif
