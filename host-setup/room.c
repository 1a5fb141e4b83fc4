#include "host-setup/room.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/files.h"
#include "common/memory.h"

#define SYSTEM_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

enum { NOT_FOUND = 127, MOST_OUTPUT = 1024 * 1024, TICK_MS = 1000 };

extern char **environ;

static volatile sig_atomic_t interrupted;

static void note_signal(int number) { interrupted = number; }

void room_catch_interrupts(void) {
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = note_signal};
    for (size_t i = 0; i < array_length(signals); i++) sigaction(signals[i], &action, NULL);
    /* a person who closed the pipe still gets the host put back */
    signal(SIGPIPE, SIG_IGN);
}

bool room_interrupted(void) { return interrupted != 0; }
void room_forget_interrupt(void) { interrupted = 0; }

void outcome_free(struct outcome *outcome) {
    text_free(&outcome->output);
    text_free(&outcome->only_output);
}

void room_free(struct room *room) { free(room->log_path); }

char *room_path(const struct room *room, const char *path) { return memory_format("%s%s", room->root, path); }

static const char *search_path(const struct room *room) {
    const char *path = *room->root ? NULL : getenv("PATH");
    return path && *path ? path : SYSTEM_PATH;
}

/* Where the program lies inside the root; owned by the caller, or NULL. */
static char *find(const struct room *room, const char *program) {
    if (*program == '/') {
        cleanup_free char *whole = room_path(room, program);
        return files_is_program(whole) ? memory_copy(program) : NULL;
    }
    for (const char *at = search_path(room); *at; at += *at == ':') {
        size_t length = strcspn(at, ":");
        cleanup_free char *directory = memory_copy_bytes(at, length);
        cleanup_free char *inside = text_join_path(directory, program);
        cleanup_free char *whole = room_path(room, inside);
        if (length && files_is_program(whole)) return steal_pointer(&inside);
        at += length;
    }
    return NULL;
}

bool room_has(const struct room *room, const char *program) {
    cleanup_free char *path = find(room, program);
    return path != NULL;
}

char *room_show(char *const *argv) {
    struct text out = {0};
    for (size_t i = 0; argv && argv[i]; i++) {
        if (i) text_add_char(&out, ' ');
        if (*argv[i] && !strpbrk(argv[i], " \t\n\"'\\$`&|;<>()*?[]#~!{}")) {
            text_add(&out, argv[i]);
            continue;
        }
        text_add_char(&out, '\'');
        for (const char *at = argv[i]; *at; at++)
            text_add(&out, *at == '\'' ? "'\\''" : (char[2]){*at, '\0'});
        text_add_char(&out, '\'');
    }
    return text_take(&out);
}

static void record(const struct room *room, char *const *argv, const struct outcome *outcome) {
    if (!room->log_path) return;
    cleanup_fd int log = open(room->log_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    cleanup_free char *shown = room_show(argv);
    cleanup_text struct text line = {0};
    text_add_format(&line, "$ %s\n", shown);
    text_add_bytes(&line, outcome->output.bytes, outcome->output.length);
    text_add_format(&line, "[exit %d]\n", outcome->code);
    /* a log that cannot be written is no reason to leave a host half-made */
    if (log >= 0) files_write_all(log, line.bytes, line.length);
}

/* In the child. LC_ALL: what is read of a program's answer must not depend on the person's language. */
static void become(const struct room *room, const char *path, char *const *argv,
                   const struct identity_of *identity, const int *pipes) {
    dup2(pipes[1], STDOUT_FILENO);
    dup2(pipes[3], STDERR_FILENO);
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing >= 0) dup2(nothing, STDIN_FILENO);
    setpgid(0, 0);
    signal(SIGPIPE, SIG_DFL);
    if (*room->root && (chroot(room->root) != 0 || chdir("/") != 0)) _exit(NOT_FOUND);
    if (identity && geteuid() == 0 &&
        (setgroups(1, &identity->group) != 0 || setgid(identity->group) != 0 || setuid(identity->user) != 0))
        _exit(NOT_FOUND);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("DEBIAN_FRONTEND", "noninteractive", 1);
    if (*room->root) setenv("PATH", SYSTEM_PATH, 1);
    if (identity && identity->home) setenv("HOME", identity->home, 1);
    if (identity && chdir("/") != 0) _exit(NOT_FOUND);
    for (int fd = 3; fd < 64; fd++) close(fd);
    execve(path, argv, environ);
    _exit(NOT_FOUND);
}

static bool take(int descriptor, struct outcome *outcome, bool standard_output) {
    char buffer[4096];
    ssize_t got = read(descriptor, buffer, sizeof buffer);
    if (got < 0) return errno == EINTR;
    if (got == 0) return false;
    if (outcome->output.length < MOST_OUTPUT) text_add_bytes(&outcome->output, buffer, (size_t)got);
    if (standard_output && outcome->only_output.length < MOST_OUTPUT)
        text_add_bytes(&outcome->only_output, buffer, (size_t)got);
    return true;
}

/* Until the program has ended; one that it left running may hold the pipes for ever. Returns its status. */
static int follow(const struct room *room, pid_t child, const int *pipes, struct outcome *outcome) {
    struct pollfd ends[2] = {{pipes[0], POLLIN, 0}, {pipes[2], POLLIN, 0}};
    long began = clock_now_ms(), told = began;
    bool passed_on = false;
    int status = 0;
    while (ends[0].fd >= 0 || ends[1].fd >= 0) {
        int ready = poll(ends, 2, TICK_MS);
        if (ready == 0 && waitpid(child, &status, WNOHANG) == child) return status;
        if (interrupted && !passed_on) {
            kill(-child, SIGINT);
            passed_on = true;
        }
        for (int i = 0; ready > 0 && i < 2; i++)
            if (ends[i].revents && !take(ends[i].fd, outcome, i == 0)) ends[i].fd = -1;
        long now = clock_now_ms();
        if (room->tick && now - told >= TICK_MS) room->tick(room->context, (now - began) / 1000);
        if (now - told >= TICK_MS) told = now;
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return status;
}

void room_run(const struct room *room, char *const *argv, const struct identity_of *identity,
              struct outcome *outcome) {
    int pipes[4] = {-1, -1, -1, -1};
    cleanup_free char *path = find(room, argv[0]);
    *outcome = (struct outcome){.code = NOT_FOUND};
    if (!path) {
        text_add_format(&outcome->output, "'%s' is not there\n", argv[0]);
        record(room, argv, outcome);
        return;
    }
    pid_t child = -1;
    if (pipe2(pipes, O_CLOEXEC) == 0 && pipe2(pipes + 2, O_CLOEXEC) == 0) child = fork();
    if (child == 0) become(room, path, argv, identity, pipes);
    for (int i = 1; i < 4; i += 2)
        if (pipes[i] >= 0) close(pipes[i]);
    if (child > 0) {
        int status = follow(room, child, pipes, outcome);
        outcome->code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    for (int i = 0; i < 4; i += 2)
        if (pipes[i] >= 0) close(pipes[i]);
    record(room, argv, outcome);
}

void room_run_words(const struct room *room, struct outcome *outcome, ...) {
    cleanup_strings struct strings words = {0};
    va_list list;
    va_start(list, outcome);
    for (const char *word = va_arg(list, const char *); word; word = va_arg(list, const char *))
        strings_add(&words, word);
    va_end(list);
    room_run(room, words.items, NULL, outcome);
}
