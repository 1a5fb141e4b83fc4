#include "dockerfile-patcher/script/machine.h"

#include <string.h>

#include "common/text.h"

static const char roles[] =
    "app apps application src code server web api backend service gunicorn uwsgi uvicorn "
    "flask django fastapi python main project site opt srv var www home root ubuntu "
    "ec2-user admin tmp repo";

bool name_is_role(const char *name) { return !*name || text_has_word(roles, name) || strchr("./~$-", *name); }
