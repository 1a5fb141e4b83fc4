#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/engine/format.h"
#include "dockerfile-patcher/formats/userdata/userdata.h"
#include "dockerfile-patcher/script/boot.h"
#include "dockerfile-patcher/script/cloud_config.h"
#include "dockerfile-patcher/script/docker_run.h"
#include "dockerfile-patcher/text/find.h"

/* user-data.sh, userdata.tpl, web_user_data.yaml, cloud-init.yml, bootstrap.sh, ec2-setup.sh, startup_script.tpl */
static bool recognise(const char *path, const char *base) {
    static const char *const names[] = {"user-data",  "userdata",  "user_data",    "cloud-init",
                                        "cloud_init", "cloudinit", "cloud-config", "cloud_config",
                                        "bootstrap",  "ec2-setup", "ec2_setup",    "startup"};
    static const char *const endings[] = {".sh",   ".bash", ".tpl", ".tftpl", ".txt",
                                          ".yaml", ".yml",  ".cfg", ".mime"};
    (void)path;
    cleanup_free char *small = memory_copy(base);
    for (char *at = small; *at; at++)
        if (*at >= 'A' && *at <= 'Z') *at = (char)(*at | 32);
    if (strchr(small, '.') && !text_ends_in(small, endings, array_length(endings))) return false;
    size_t length = strlen(small);
    for (size_t i = 0; i < array_length(names); i++)
        if (find_text(small, length, names[i])) return true;
    return false;
}

static bool begins(const struct source *source, const char *text) {
    return strncmp(source->bytes + source->begin, text, strlen(text)) == 0;
}

static enum userdata_kind kind_of(const struct source *source) {
    const char *first = source->bytes + source->begin;
    size_t line = strcspn(first, "\n");
    if (begins(source, "#!")) return find_bytes(first, line, "sh", 2) ? USERDATA_SCRIPT : USERDATA_UNKNOWN;
    if (begins(source, "#cloud-config")) return USERDATA_CLOUD_CONFIG;
    if (begins(source, "Content-Type: multipart/") || begins(source, "MIME-Version:")) return USERDATA_MIME;
    return text_ends(source->path, ".sh") ? USERDATA_SCRIPT : USERDATA_UNKNOWN;
}

static bool scan(struct unit *unit, struct document *document, struct links *links) {
    struct userdata *userdata = memory_zeroed(1, sizeof *userdata);
    const struct source *source = &document->source;
    document->model = userdata;
    userdata->kind = kind_of(source);
    if (userdata->kind == USERDATA_SCRIPT) {
        struct script script;
        script_of_lines(&script, document, NULL, (struct span){source->begin, source->length}, false);
        docker_run_links(unit, &script, links);
        script_free(&script);
    } else {
        docker_run_links_near(unit, source->path, source->bytes, source->length, links);
    }
    return userdata->kind != USERDATA_UNKNOWN;
}

void userdata_plan_script(struct unit *unit, struct document *document, struct span span, size_t other_raw) {
    struct script script;
    struct machine machine = {.user_data = true, .other_raw = other_raw};
    script_of_lines(&script, document, document->service, span, false);
    boot_plan(unit, &script, &machine);
    script_free(&script);
}

/* The shell parts of a MIME message, each as its own script: behind the empty line that ends its headers, up to the next
 * boundary. A part of another kind stays as it is. */
static void plan_cloud_config(struct unit *unit, struct document *document, struct span span) {
    struct script script;
    struct machine machine = {.user_data = true};
    script_of_lines(&script, document, document->service, span, false);
    cloud_config_plan(unit, &script, &machine);
    script_free(&script);
}

static void plan_message(struct unit *unit, struct document *document) {
    const struct source *source = &document->source;
    size_t begin = SIZE_MAX, from = source->begin;
    bool shell = false, headers = true;
    for (size_t at = source->begin; at < source->length; at = source_line_end(source, at)) {
        const char *line = source->bytes + at;
        size_t length = source_line_end(source, at) - at;
        bool boundary = length > 2 && strncmp(line, "--", 2) == 0 && !strchr(" -\r\n", line[2]);
        bool empty = strspn(line, "\r\n") == length;
        if (boundary && begin != SIZE_MAX)
            userdata_plan_script(unit, document, (struct span){begin, at}, source->length - (at - begin));
        if (boundary) {
            from = at;
            begin = SIZE_MAX;
            headers = true;
            shell = false;
        } else if (headers && find_text(line, length, "text/x-shellscript")) {
            shell = true;
        } else if (headers && empty && from != source->begin) {
            headers = false;
            if (shell) begin = source_line_end(source, at);
        }
    }
}

static void plan(struct unit *unit, struct document *document) {
    struct userdata *userdata = document->model;
    if (!document->service) document->service = unit_service(unit, document->shown);
    struct span whole = {document->source.begin, document->source.length};
    switch ((int)userdata->kind) {
    default: break;
    case USERDATA_SCRIPT: userdata_plan_script(unit, document, whole, 0); break;
    case USERDATA_CLOUD_CONFIG: plan_cloud_config(unit, document, whole); break;
    case USERDATA_MIME: plan_message(unit, document); break;
    }
}

const struct format format_userdata = {
    .name = "userdata",
    .help = "UserData: shell scripts, cloud-init YAML and MIME messages, by their names",
    .recognise = recognise,
    .scan = scan,
    .plan = plan,
    .release = free,
};
