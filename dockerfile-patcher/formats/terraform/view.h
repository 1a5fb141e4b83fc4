/* The script view of what holds lines in Terraform: heredocs, strings with \n, lists that join() makes one, templates. */
#ifndef PATCH_TERRAFORM_VIEW_H
#define PATCH_TERRAFORM_VIEW_H

#include "dockerfile-patcher/formats/terraform/terraform.h"

enum holder_kind {
    HOLDER_LINES,  /* newlines part lines: a heredoc, a template's file */
    HOLDER_STRING, /* \n parts lines */
    HOLDER_VALUE   /* what is no text: one line that is a hole */
};

struct holder {
    enum holder_kind kind;
    struct span whole; /* the item of the list */
    struct span inner; /* its text */
};

/* script.host_data; of the module's arena. */
struct view {
    struct holder *holders;
    size_t holder_count;
    size_t *holder_of;  /* by line, from 0 */
    bool list;          /* the holders are items of a list: a new line may be a new item */
    bool twice;         /* resolved.twice */
    const char *indent; /* which <<- takes away */
};

extern const struct script_host terraform_host;

#endif
