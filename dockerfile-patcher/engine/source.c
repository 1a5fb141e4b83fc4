#include "dockerfile-patcher/engine/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/memory.h"

/* UTF-8 without a NUL; eight bytes at a time while they are plain ASCII. */
static bool is_text(const unsigned char *bytes, size_t length) {
    size_t i = 0;
    while (i < length) {
        uint64_t eight;
        if (length - i >= sizeof eight) {
            memcpy(&eight, bytes + i, sizeof eight);
            /* a NUL borrows from its own highest bit */
            uint64_t less = eight - UINT64_C(0x0101010101010101);
            if (((eight | less) & UINT64_C(0x8080808080808080)) == 0) {
                i += sizeof eight;
                continue;
            }
        }
        unsigned char lead = bytes[i];
        size_t more = lead == 0     ? 4
                      : lead < 0x80 ? 0
                      : lead < 0xc2 ? 4
                      : lead < 0xe0 ? 1
                      : lead < 0xf0 ? 2
                      : lead < 0xf5 ? 3
                                    : 4;
        if (more == 4 || length - i <= more) return false;
        for (size_t k = 1; k <= more; k++)
            if ((bytes[i + k] & 0xc0) != 0x80) return false;
        if (lead == 0xe0 && bytes[i + 1] < 0xa0) return false;
        if (lead == 0xed && bytes[i + 1] > 0x9f) return false;
        if (lead == 0xf0 && bytes[i + 1] < 0x90) return false;
        if (lead == 0xf4 && bytes[i + 1] > 0x8f) return false;
        i += more + 1;
    }
    return true;
}

static enum source_state judge(struct source *source) {
    if (!is_text((const unsigned char *)source->bytes, source->length))
        return memchr(source->bytes, '\0', source->length) ? SOURCE_BINARY : SOURCE_NOT_UTF8;
    source->begin = source->length >= 3 && memcmp(source->bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    const char *newline = memchr(source->bytes, '\n', source->length);
    source->crlf = newline && newline > source->bytes && newline[-1] == '\r';
    return SOURCE_READ;
}

/* Most files fit, and a buffer that the next file takes over has its pages already. */
enum { POOLED_BYTES = 16 * 1024, MOST_POOLED = 40 };
static char *pool[MOST_POOLED];
static size_t pool_count;

static void release(struct source *source) {
    if (source->pooled && pool_count < MOST_POOLED)
        pool[pool_count++] = source->bytes;
    else
        free(source->bytes);
    source->bytes = NULL;
    source->pooled = false;
}

static enum source_state finish(struct source *source, enum source_state state) {
    if (state != SOURCE_READ) {
        release(source);
        source->length = 0;
    }
    return state;
}

enum source_state source_take(struct source *source, char *path, char *bytes, size_t length) {
    *source = (struct source){.path = path, .bytes = bytes, .length = length, .mode = 0644};
    if (length > SOURCE_MOST_BYTES) return finish(source, SOURCE_TOO_LARGE);
    return finish(source, judge(source));
}

/* Standard input and files under /proc tell no size, so the size is a hint only. */
static bool read_all(struct source *source, int descriptor, size_t hint) {
    source->pooled = hint + 2 <= POOLED_BYTES;
    size_t capacity = source->pooled ? POOLED_BYTES : hint + 2;
    source->bytes = source->pooled && pool_count ? pool[--pool_count] : memory_allocate(capacity);
    for (;;) {
        if (source->length + 1 >= capacity) {
            capacity *= 2;
            source->bytes = memory_resize(source->bytes, capacity);
            source->pooled = false;
        }
        ssize_t got = read(descriptor, source->bytes + source->length, capacity - source->length - 1);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return false;
        source->length += (size_t)got;
        source->bytes[source->length] = '\0';
        if (got == 0 || source->length > SOURCE_MOST_BYTES) return true;
        if (hint && source->length == hint) return true;
    }
}

static enum source_state unreadable(char **detail) {
    if (detail) *detail = memory_copy(strerror(errno));
    return SOURCE_UNREADABLE;
}

enum source_state source_read(struct source *source, const char *path, char **detail) {
    *source = (struct source){.path = memory_copy(path)};
    bool standard = strcmp(path, "-") == 0;
    /* O_NONBLOCK: a named pipe must not hold up the whole run. No O_CLOEXEC: it is a call more with musl, and the
     * sandbox lets nothing be executed. */
    int descriptor = standard ? STDIN_FILENO : open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK);
    cleanup_fd int to_close = standard ? -1 : descriptor;
    if (descriptor < 0) return unreadable(detail);
    struct stat status;
    if (fstat(descriptor, &status) != 0) return unreadable(detail);
    if (!standard && !S_ISREG(status.st_mode)) return SOURCE_NOT_A_FILE;
    if (S_ISREG(status.st_mode) && status.st_size > SOURCE_MOST_BYTES) return SOURCE_TOO_LARGE;
    source->mode = standard ? 0644 : status.st_mode & 07777;
    source->owner = status.st_uid;
    source->group = status.st_gid;
    source->stamp = (struct stamp){status.st_dev, status.st_ino, status.st_size, status.st_mtim};
    size_t hint = S_ISREG(status.st_mode) ? (size_t)status.st_size : 0;
    if (!read_all(source, descriptor, hint)) {
        unreadable(detail);
        return finish(source, SOURCE_UNREADABLE);
    }
    if (source->length > SOURCE_MOST_BYTES) return finish(source, SOURCE_TOO_LARGE);
    return finish(source, judge(source));
}

void source_free(struct source *source) {
    free(source->path);
    release(source);
    *source = (struct source){0};
}

void source_place(const struct source *source, size_t offset, struct place *place) {
    *place = (struct place){1, 1};
    if (offset > source->length) offset = source->length;
    const char *at = source->bytes;
    const char *line = at;
    while (at && (at = memchr(at, '\n', (size_t)(source->bytes + offset - at)))) {
        line = ++at;
        place->line++;
    }
    if (source->bytes) place->column = (size_t)(source->bytes + offset - line) + 1;
    if (place->line == 1 && offset >= source->begin) place->column -= source->begin;
}

const char *source_newline(const struct source *source) { return source->crlf ? "\r\n" : "\n"; }

size_t source_line_begin(const struct source *source, size_t offset) {
    const char *newline = offset ? memrchr(source->bytes, '\n', offset) : NULL;
    size_t begin = newline ? (size_t)(newline - source->bytes) + 1 : 0;
    return begin < source->begin ? source->begin : begin;
}

size_t source_line_end(const struct source *source, size_t offset) {
    if (offset >= source->length) return source->length;
    const char *newline = memchr(source->bytes + offset, '\n', source->length - offset);
    return newline ? (size_t)(newline - source->bytes) + 1 : source->length;
}

void source_indent(const struct source *source, size_t offset, struct span *indent) {
    size_t begin = source_line_begin(source, offset);
    size_t end = begin;
    while (end < source->length && (source->bytes[end] == ' ' || source->bytes[end] == '\t')) end++;
    *indent = (struct span){begin, end};
}
