/* `docker run` as its arguments: options, image, ports. */
#include "tap.h"

#include <stdint.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/engine/unit.h"
#include "dockerfile-patcher/script/docker_command.h"
#include "dockerfile-patcher/script/docker_images.h"

/* "option=value" parted by blanks, then "@" and the image, of the last run of the text; "none". */
static char *shown(const char *text) {
    struct document document = {.source = {.bytes = (char *)text, .length = strlen(text)}};
    struct script script;
    struct commands commands;
    struct text out = {0};
    script_of_lines(&script, &document, NULL, (struct span){0, strlen(text)}, false);
    commands_read(&commands, &script);
    text_add(&out, "");
    for (size_t i = 0; i < commands.count; i++) {
        struct docker_run run;
        if (!docker_run_read(&commands, i, NULL, &run)) continue;
        for (size_t k = 0; k < run.option_count; k++)
            text_add_format(&out, "%s%s%s ", run.options[k].name, run.options[k].value ? "=" : "",
                            run.options[k].value ? run.options[k].value : "");
        text_add_format(&out, "@%s%s", run.image == SIZE_MAX ? "" : run.arguments[run.image].value,
                        run.unsure ? "?" : "");
    }
    if (!out.length) text_add(&out, "none");
    commands_free(&commands);
    script_free(&script);
    return text_take(&out);
}

static void test_runs(void) {
    static const char *const rows[][2] = {
        {"docker run image", "@image"},
        {"docker run -dit -p 80:80 --name=web image cmd -x", "-d -i -t -p=80:80 --name=web @image"},
        {"docker run -dp80:80 -eA=b --env C=d image", "-d -p=80:80 -e=A=b --env=C=d @image"},
        {"docker run --rm --init -v a:b -- image", "--rm --init -v=a:b @image"},
        {"sudo -u me env X=1 docker -H tcp://h --context c container run image", "@image"},
        {"podman create --replace image", "--replace @image"},
        {"docker buildx create --name x", "none"},
        {"docker network create x", "none"},
        {"echo docker run image", "none"},
        {"O='-d -p 1:1'\nI=web\ndocker run $O $I:2", "-d -p=1:1 @web:2"},
        {"A=(-d web)\ndocker run \"${A[@]}\"", "-d @web"},
        {"docker run $OPTS web", "@web"},
        {"docker run $X web", "@$X?"},
        {"docker run $X", "@$X"},
        {"docker run `# note` -d web", "-d @web"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        cleanup_free char *got = shown(rows[i][0]);
        IS_STR(got, rows[i][1], "run %zu", i);
    }
}

static void test_ports(void) {
    static const struct {
        const char *value;
        const char *container;
        bool equal;
    } rows[] = {{"80:80", "80", true},
                {"80:5000", "5000", false},
                {"80", NULL, false},
                {"127.0.0.1:80:80", "80", false},
                {"0.0.0.0:80:80", "80", true},
                {"80:80/tcp", "80", true},
                {"$P:$P", "$P", true},
                {"${P:-80}:${P:-80}", "${P:-80}", true},
                {"8000-8010:8000-8010", "8000-8010", true}};
    for (size_t i = 0; i < array_length(rows); i++) {
        bool equal;
        cleanup_free char *container = NULL;
        docker_port(rows[i].value, &equal, &container);
        IS_STR(container, rows[i].container, "container's port of %s", rows[i].value);
        IS_INT(equal, rows[i].equal, "both sides of %s", rows[i].value);
    }
}

static void test_images(void) {
    static const struct {
        const char *reference;
        enum image_kind kind;
    } rows[] = {{"postgres:16", IMAGE_FOREIGN},
                {"public.ecr.aws/docker/library/redis@sha256:0", IMAGE_FOREIGN},
                {"quay.io/acme/node-exporter:v1", IMAGE_FOREIGN},
                {"acme/flask-shop", IMAGE_PYTHON},
                {"1.dkr.ecr.eu-west-1.amazonaws.com/shop:1", IMAGE_OWN},
                {"$IMAGE", IMAGE_OWN},
                {"shop", IMAGE_OWN},
                {"acme/shop", IMAGE_UNKNOWN}};
    for (size_t i = 0; i < array_length(rows); i++)
        IS_INT(image_kind_of(rows[i].reference), rows[i].kind, "kind of %s", rows[i].reference);
    OK(image_equal("shop", "shop:latest"), "latest is the same");
    OK(!image_equal("shop:1", "shop"), "another tag is not");
}

int main(void) {
    test_runs();
    test_ports();
    test_images();
    return done_testing();
}
