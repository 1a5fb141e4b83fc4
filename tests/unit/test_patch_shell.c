/* Shell text as commands and words, and what a start command leads to. */
#include "tap.h"

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/app/launch.h"
#include "dockerfile-patcher/text/shell.h"

/* Every command as `depth:word|word`, parted by blanks. */
static char *shown(const char *text) {
    struct arena arena = {0};
    struct shell_script script;
    struct text out = {0};
    shell_parse(&arena, text, strlen(text), &script);
    for (size_t i = 0; i < script.command_count; i++) {
        const struct shell_command *command = &script.commands[i];
        text_add_format(&out, "%s%u:", i ? " " : "", command->depth);
        for (size_t k = 0; k < command->count; k++)
            text_add_format(&out, "%s%s", k ? "|" : "", script.words[command->first + k].value);
    }
    if (script.broken) text_add(&out, " broken");
    arena_free(&arena);
    return text_take(&out);
}

static void test_commands(void) {
    static const struct {
        const char *text;
        const char *want;
    } rows[] = {
        {"gunicorn app:app", "0:gunicorn|app:app"},
        {"a && b || c; d & e | f", "0:a 0:b 0:c 0:d 0:e 0:f"},
        {"A=1 B=\"x y\" run 'it''s' \"a\\\"b\" c\\ d", "0:run|its|a\"b|c d"},
        {"run 2>&1 >out <in x", "0:run|x"},
        {"a \\\n  b # c\nd", "0:a|b 0:d"},
        {"if a; then b; else c; fi; d", "1:a 1:b 1:c 0:d"},
        {"for x in 1 2; do a; done\nb", "1:a 0:b"},
        {"case \"$1\" in\nweb|api)\n a ;;\n*) b ;;\nesac\nc", "1:a 1:b 0:c"},
        {"(a; b) && c", "1:a 1:b 0:c"},
        {"{ a; b; }; c", "1:a 1:b 0:c"},
        {"echo \"$(date; echo ')')\" x", "0:echo|$(date; echo ')')|x"},
        {"cat <<EOF\nrun me\nEOF\nb", "0:cat 0:b"},
        {"cat <<-'EOF' > f\n\trun me\n\tEOF\nb", "0:cat 0:b"},
        {"cat <<< word; b", "0:cat 0:b"},
        {"exec \"$@\"", "0:exec|$@"},
        {"a 'b", "0:a broken"},
        {"a $(b", "0:a broken"},
        {"", ""},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        cleanup_free char *got = shown(rows[i].text);
        IS_STR(got, rows[i].want, "text %zu", i);
    }
}

static void test_heredocs(void) {
    static const char text[] = "cat > /etc/a.json <<-'EOF' 2>>log\n\t{}\n\tEOF\ntee b <<X\n$y\nX\n";
    struct arena arena = {0};
    struct shell_script script;
    shell_parse(&arena, text, strlen(text), &script);
    IS_INT(script.heredoc_count, 2, "two heredocs");
    const struct shell_heredoc *heredoc = script.heredocs;
    IS_INT(heredoc[0].command, 0, "of the first command");
    OK(!heredoc[0].expands && heredoc[0].chomp, "quoted, with tabs to take away");
    IS_INT(heredoc[0].body.end - heredoc[0].body.begin, 4, "its body is a line");
    OK(memcmp(text + heredoc[0].end.begin, "\tEOF", 4) == 0, "and then comes its end");
    OK(heredoc[1].expands && !heredoc[1].chomp && heredoc[1].command == 1, "the second expands");
    IS_INT(script.redirection_count, 4, "four redirections");
    IS_STR(script.redirections[0].sign, ">", "a sign");
    IS_STR(script.redirections[0].target.value, "/etc/a.json", "and its target");
    IS_STR(script.redirections[1].sign, "<<-", "a heredoc's sign");
    IS_STR(script.redirections[2].sign, ">>", "a number in front is no part of the sign");
    arena_free(&arena);
}

static void test_spans(void) {
    static const char text[] = "A=1 run 'x y'";
    struct arena arena = {0};
    struct shell_script script;
    shell_parse(&arena, text, strlen(text), &script);
    IS_INT(script.commands[0].assignments, 1, "an assignment is no word of the command");
    IS_INT(script.words[script.commands[0].first + 1].span.begin, 8, "the span holds the quotes");
    IS_INT(script.words[script.commands[0].first + 1].span.end, 13, "both of them");
    arena_free(&arena);
}

static void test_launches(void) {
    static const struct {
        const char *words[9];
        enum launch_kind kind;
        size_t prefix;
        const char *server;
    } rows[] = {
        {{"gunicorn", "a:a"}, LAUNCH_PYTHON, 0, "gunicorn"},
        {{"tini", "-g", "--", "python", "a.py"}, LAUNCH_PYTHON, 3, NULL},
        {{"tini", "-e", "143", "gosu", "app", "uvicorn", "a:a"}, LAUNCH_PYTHON, 5, "uvicorn"},
        {{"dumb-init", "--rewrite", "15:3", "flask", "run"}, LAUNCH_PYTHON, 3, "flask"},
        {{"poetry", "run", "python", "-m", "gunicorn"}, LAUNCH_PYTHON, 2, "gunicorn"},
        {{"uv", "run", "--no-sync", "--group", "prod", "uvicorn"}, LAUNCH_PYTHON, 5, "uvicorn"},
        {{"conda", "run", "-n", "web", "python", "a.py"}, LAUNCH_PYTHON, 4, NULL},
        {{"python3.12", "manage.py", "runserver"}, LAUNCH_PYTHON, 0, "runserver"},
        {{"env", "A=1", "celery", "worker"}, LAUNCH_PYTHON, 0, "celery"},
        {{"sh", "-c", "gunicorn a:a"}, LAUNCH_SHELL, 0, NULL},
        {{"/entrypoint.sh"}, LAUNCH_SCRIPT, 0, NULL},
        {{"bash"}, LAUNCH_IDLE, 0, NULL},
        {{"sleep", "infinity"}, LAUNCH_IDLE, 0, NULL},
        {{"npm", "start"}, LAUNCH_FOREIGN, 0, NULL},
        {{"python", "-m", "pytest"}, LAUNCH_TEST, 0, "pytest"},
        {{"tini", "--"}, LAUNCH_NONE, 2, NULL},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct launch launch;
        size_t count = 0;
        while (rows[i].words[count]) count++;
        launch_recognise(rows[i].words, count, &launch);
        IS_INT(launch.kind, rows[i].kind, "kind of %s", rows[i].words[0]);
        IS_INT(launch.prefix, rows[i].prefix, "prefix of %s", rows[i].words[0]);
        IS_STR(launch.server, rows[i].server, "server of %s", rows[i].words[0]);
    }
    IS_STR(launch_agent("ddtrace-run"), "ddtrace", "an agent is known by its program");
}

int main(void) {
    test_commands();
    test_heredocs();
    test_spans();
    test_launches();
    return done_testing();
}
