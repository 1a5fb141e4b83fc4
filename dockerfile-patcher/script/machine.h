/* What a host format knows of the machine that a boot script makes, besides the script itself.
 *
 * Everything is borrowed for the time of the call. Texts that may hold an interpolation of the host (a Name tag of
 * "${var.name}-api") have it as a hole of the script (script.h), so that it is written again in the host's own syntax. */
#ifndef PATCH_MACHINE_H
#define PATCH_MACHINE_H

#include <stdbool.h>
#include <stddef.h>

struct document;

/* A value that speaks for something, and where it stands. */
struct clue {
    const char *value;
    const struct document *document;
    size_t offset;
};

enum { MACHINE_MOST_CLUES = 8 };

struct machine {
    const char *label; /* as a person knows it: "aws_instance.web"; NULL: only the script is known */
    struct clue
        names[MACHINE_MOST_CLUES]; /* for SERVICE_NAME, the best first: Name tag, construct id, stack */
    size_t name_count;
    /* For the operating system: an AMI's name filter, the path of an SSM parameter, `latestAmazonLinux2023`, an owner. */
    struct clue images[MACHINE_MOST_CLUES];
    size_t image_count;
    struct clue ports[MACHINE_MOST_CLUES]; /* of a security group's ingress, for PORT */
    size_t port_count;
    bool beside_others; /* more machines' scripts are planned in the same file */
    bool user_data;     /* EC2's limit on UserData holds */
    size_t
        other_raw; /* raw bytes of UserData outside the script: other parts of a MIME message, other commands */
};

/* A name that says what a thing is, not which one ("app", "web"), or none at all (a path, a variable). */
bool name_is_role(const char *name);

#endif
