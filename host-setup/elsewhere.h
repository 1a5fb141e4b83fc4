/* Supervisors that start an app without systemd: named and refused, as their files are not ours to change. */
#ifndef SETUP_ELSEWHERE_H
#define SETUP_ELSEWHERE_H

#include "common/text.h"
#include "host-setup/room.h"

/* The files of supervisord and cron that name a path below `directory`, as "FILE (supervisord)". */
void elsewhere_find(const struct room *room, const char *directory, struct strings *places);

#endif
