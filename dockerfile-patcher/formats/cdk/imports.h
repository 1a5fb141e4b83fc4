/* How this file would import what names a managed policy, after the pattern of its other imports. */
#ifndef PATCH_CDK_IMPORTS_H
#define PATCH_CDK_IMPORTS_H

#include "dockerfile-patcher/formats/cdk/cdk.h"

struct cdk_import {
    const char *managed;             /* how it is called then: "iam.ManagedPolicy" */
    const struct code_import *entry; /* `added` goes behind this entry, with a comma; NULL */
    const char *added;
    const struct code_import *behind; /* else `line` goes behind this statement */
    const char *line;
};

/* False where no import is a pattern. Texts are the arena's. */
bool cdk_import_pattern(struct cdk_file *file, struct cdk_import *import);

/* Takes the import out again that cdk_import_policy has added, where nothing else but `uses` occurrences needs it. */
void cdk_remove_import(struct document *document, struct service *service, size_t uses);

#endif
