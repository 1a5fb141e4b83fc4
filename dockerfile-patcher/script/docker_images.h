/* What the name of an image tells. */
#ifndef PATCH_DOCKER_IMAGES_H
#define PATCH_DOCKER_IMAGES_H

#include <stdbool.h>

enum image_kind {
    IMAGE_UNKNOWN,
    IMAGE_OWN, /* of the repository or its account: a variable, ECR, a name without an owner that is no public one */
    IMAGE_PYTHON,  /* by its name */
    IMAGE_FOREIGN, /* a database, cache, proxy, agent, toolchain: no Python service of the user's */
};

enum image_kind image_kind_of(const char *reference);

/* A name of a database, cache, proxy …, of an image or of the container that runs it. */
bool image_is_foreign(const char *name);

/* The last part of its path, without tag and digest; owned by the caller. */
char *image_base_name(const char *reference);

/* The same image, whether it says :latest or not. */
bool image_equal(const char *one, const char *other);

#endif
