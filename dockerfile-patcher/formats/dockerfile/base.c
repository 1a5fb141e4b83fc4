#include "dockerfile-patcher/formats/dockerfile/base.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"

/* Parts of image names that stand for Python; `pip`: it works there as it comes. */
static const struct {
    const char *part;
    bool pip;
} python_names[] = {
    {"python", true},     {"pypy", true},    {"conda", true},  {"mamba", true},   {"jupyter", true},
    {"gunicorn", true},   {"uvicorn", true}, {"django", true}, {"flask", true},   {"fastapi", true},
    {"tensorflow", true}, {"pytorch", true}, {"/uv:", false},  {"airflow", true}, {"superset", true},
};

/* Official images without an ENTRYPOINT. */
static const char without_entrypoint[] =
    "python pypy debian ubuntu alpine amazonlinux almalinux rockylinux fedora centos busybox buildpack-deps archlinux";

static const char *const official[] = {
    "docker.io/library/",     "docker.io/",    "library/", "public.ecr.aws/docker/library/",
    "mirror.gcr.io/library/", "mirror.gcr.io/"};

void base_image_of(const char *reference, struct base_image *base) {
    *base = (struct base_image){0};
    for (size_t i = 0; i < array_length(python_names); i++)
        if (strstr(reference, python_names[i].part)) {
            base->python = true;
            base->has_pip = python_names[i].pip;
            break;
        }
    base->lambda = strstr(reference, "lambda/python") || strstr(reference, "aws-lambda-python");
    if (strstr(reference, "distroless/python") || strstr(reference, "chainguard/python")) {
        base->entrypoint = BASE_PYTHON;
        base->has_pip = false;
    }
    const char *name = reference;
    for (size_t i = 0; i < array_length(official); i++)
        if (text_starts(reference, official[i])) {
            name = reference + strlen(official[i]);
            break;
        }
    size_t length = strcspn(name, ":@");
    cleanup_free char *bare = memory_copy_bytes(name, length);
    if (text_has_word(without_entrypoint, bare)) base->entrypoint = BASE_NONE;
    const char *tag = strstr(reference, "python:");
    if (!tag) tag = strstr(reference, "python");
    if (!tag) return;
    tag += strcspn(tag, "0123456789");
    char *end;
    long major = strtol(tag, &end, 10);
    if (major != 2 && major != 3) return;
    base->major = (int)major;
    if (*end == '.') base->minor = (int)strtol(end + 1, NULL, 10);
}
