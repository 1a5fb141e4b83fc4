/* What is known of a base image by its name. */
#ifndef PATCH_DOCKERFILE_BASE_H
#define PATCH_DOCKERFILE_BASE_H

#include <stdbool.h>

enum base_entrypoint {
    BASE_UNKNOWN, /* may have an ENTRYPOINT of its own: it is not replaced */
    BASE_NONE,    /* has none */
    BASE_PYTHON,  /* the interpreter, without a shell or pip beside it */
};

struct base_image {
    bool python;
    bool has_pip; /* an image in which `pip install` works as it comes */
    bool lambda;  /* AWS Lambda starts it, not a host */
    enum base_entrypoint entrypoint;
    int major; /* of Python, from the tag; 0 where it does not say */
    int minor;
};

void base_image_of(const char *reference, struct base_image *base);

#endif
