#include "shim/report.h"

#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "common/files.h"
#include "common/memory.h"
#include "common/text.h"

static const char *const level_names[] = {[REPORT_ERROR] = "error",
                                          [REPORT_WARNING] = "warning",
                                          [REPORT_NOTICE] = "notice",
                                          [REPORT_DEBUG] = "debug"};

void report_open(struct report *report) {
    *report = (struct report){.most = REPORT_NOTICE, .open = fcntl(STDERR_FILENO, F_GETFD) >= 0};
}

void report_configure(struct report *report, const char *level, const char *format) {
    if (text_equal(level, "quiet")) report->most = REPORT_ERROR;
    if (text_equal(level, "normal")) report->most = REPORT_NOTICE;
    if (text_equal(level, "debug")) report->most = REPORT_DEBUG;
    if (format) report->json = text_equal(format, "json");
}

/* The length of the UTF-8 sequence that begins here; 0 for bytes that are none. */
static size_t sequence_length(const unsigned char *at) {
    size_t length = 0;
    if (*at < 0x80) length = 1;
    if (*at >= 0xc2 && *at < 0xe0) length = 2;
    if (*at >= 0xe0 && *at < 0xf0) length = 3;
    if (*at >= 0xf0 && *at < 0xf5) length = 4;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xc0) != 0x80) return 0;
    return length;
}

static void add_json_string(struct text *line, const char *string) {
    text_add_char(line, '"');
    for (const unsigned char *at = (const unsigned char *)string; *at;) {
        size_t length = sequence_length(at);
        if (length == 0)
            text_add(line, "\\ufffd");
        else if (*at == '"' || *at == '\\')
            text_add_format(line, "\\%c", *at);
        else if (*at < 0x20)
            text_add_format(line, "\\u%04x", *at);
        else
            text_add_bytes(line, (const char *)at, length);
        at += length ? length : 1;
    }
    text_add_char(line, '"');
}

/* One write, so that lines of several processes do not mix. A reader that has gone must not kill us, and one that does
 * not read must not hold us up: then the line is lost, never the app. */
static void write_once(const struct text *line) {
    struct pollfd ready = {.fd = STDERR_FILENO, .events = POLLOUT};
    if (poll(&ready, 1, 0) != 1 || !(ready.revents & POLLOUT)) return;
    files_write_quietly(STDERR_FILENO, line->bytes, line->length);
}

void report_line(const struct report *report, enum report_level level, const char *format, ...) {
    if (!report->open || level > report->most) return;
    va_list arguments;
    va_start(arguments, format);
    cleanup_free char *message = memory_format_list(format, arguments);
    va_end(arguments);
    cleanup_text struct text line = {0};
    if (report->json) {
        text_add_format(&line, "{\"source\":\"appsig\",\"level\":\"%s\",\"message\":", level_names[level]);
        add_json_string(&line, message);
        text_add(&line, "}\n");
    } else {
        text_add_format(&line, "appsig: %s%s\n", level == REPORT_DEBUG ? "debug: " : "", message);
    }
    write_once(&line);
}
