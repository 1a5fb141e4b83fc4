#include "dockerfile-patcher/formats/dockerfile_plan.h"

bool plan_pins(struct planner *planner) {
    (void)planner;
    return true;
}
