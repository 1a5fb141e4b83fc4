/* The options of one run: for docker_run.c alone. */
#ifndef PATCH_DOCKER_OPTIONS_H
#define PATCH_DOCKER_OPTIONS_H

#include "dockerfile-patcher/script/docker_plan.h"

/* Asks for what is missing and plans the edits. */
enum docker_outcome docker_plan_options(struct docker_planner *planner, struct docker_subject *subject);

/* What instruments the container already, or NULL. */
const char *docker_agent(const struct docker_subject *subject);

#endif
