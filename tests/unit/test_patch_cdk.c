/* The commands of a CDK machine's user data as a script: read, written to at every line, and taken back. */
#include "tap.h"

#include <stdint.h>

#include "common/memory.h"
#include "dockerfile-patcher/formats/cdk/cdk.h"

struct opened {
    struct settings settings;
    struct unit unit;
    struct document *document;
    struct cdk_view view;
    struct script script;
    bool seen;
};

static void opened_from(struct opened *opened, const char *path, const char *bytes) {
    struct source source;
    struct cdk_machines machines;
    memset(opened, 0, sizeof *opened);
    opened->unit = (struct unit){.settings = &opened->settings, .root = "."};
    source_take(&source, memory_copy(path), memory_copy(bytes), strlen(bytes));
    opened->document = unit_add_source(&opened->unit, &source, &format_cdk, NULL);
    opened->view = (struct cdk_view){.unit = &opened->unit, .file = opened->document->model};
    if (opened->document->planned) return;
    cdk_find_machines(opened->view.file, &machines);
    if (machines.count)
        opened->seen = cdk_view(&opened->view, &machines.items[0], opened->document, &opened->script);
}

static void closed(struct opened *opened) {
    cdk_view_free(&opened->view, &opened->script);
    unit_free(&opened->unit);
}

/* Its lines, each ended by a newline, with holes as a person knows them. */
static char *lines_of(const struct opened *opened) {
    struct text out = {0};
    for (size_t i = 1; i <= opened->script.count; i++) {
        const struct script_line *line = script_line(&opened->script, i);
        cleanup_free char *shown = script_shown(&opened->script, line->text, line->length);
        text_add_format(&out, "%s\n", shown);
    }
    return text_take(&out);
}

static char *spliced(struct opened *opened) {
    size_t length;
    OK(edits_sort(&opened->document->edits, opened->document->source.length), "no edits overlap");
    return edits_splice(&opened->document->edits, &opened->document->source, &length);
}

static const struct sample {
    const char *path;
    const char *bytes;
    const char *want; /* NULL: no script is to be seen */
} samples[] = {
    {"a.ts",
     "const i = new ec2.Instance(this, 'A', { vpc });\n"
     "i.userData.addCommands(\n  'yum update -y',\n  \"echo 'a'\",\n  `docker run \\\\`,\n  `  -p ${port}:${port} \\\\`,\n  `  x`,\n);\n",
     "yum update -y\necho 'a'\ndocker run \\\n  -p ${port}:${port} \\\n  x\n"},
    {"b.ts",
     "const i = new ec2.Instance(this, 'A', { vpc });\n"
     "i.addUserData('a', 'b');\ni.userData.addCommands('c')\n",
     "a\nb\nc\n"},
    {"c.ts",
     "const u = ec2.UserData.forLinux();\n"
     "u.addCommands(\n  'a', // first\n  'b' // last, \n);\n"
     "new ec2.Instance(this, 'A', { userData: u });\n",
     "a\nb\n"},
    {"d.ts",
     "const script = `#!/bin/bash\nset -e\ndocker run -p ${port}:80 \\\\\n  \\${IMAGE}\n`;\n"
     "new ec2.Instance(this, 'A', { userData: ec2.UserData.custom(script) });\n",
     "#!/bin/bash\nset -e\ndocker run -p ${port}:80 \\\n  ${IMAGE}\n\n"},
    {"e.ts",
     "const commands = [\n  'a',\n  'b',\n];\nconst u = ec2.UserData.forLinux();\n"
     "u.addCommands(...commands, 'c');\nnew ec2.LaunchTemplate(this, 'A', { userData: u });\n",
     "a\nb\nc\n"},
    {"f.ts",
     "const asg = new autoscaling.AutoScalingGroup(this, 'A', {\n"
     "  userData: ec2.UserData.custom([\n    'a',\n    'b'\n  ].join('\\n')),\n});\n",
     "a\nb\n"},
    {"g.ts",
     "new ec2.Instance(this, 'A', {\n  userData: ec2.UserData.custom(\n    '#!/bin/bash\\n' +\n    'a\\n' +\n    'b\\n'\n  ),\n});\n",
     "#!/bin/bash\na\nb\n\n"},
    {"h.ts", "new ec2.Instance(this, 'A', { userData: ec2.UserData.custom('#!/bin/bash\\na\\nb') });\n",
     "#!/bin/bash\na\nb\n"},
    {"i.ts",
     "const i = new ec2.Instance(this, 'A', { vpc });\n"
     "i.addUserData('run ' + image + ' now', tag);\n",
     "run ${image} now\n${tag}\n"},
    {"j.ts",
     "const i = new ec2.CfnInstance(this, 'A', {\n  userData: cdk.Fn.base64(u.render()),\n});\n"
     "const u = ec2.UserData.forLinux();\nu.addCommands(`a ${b}`);\n",
     "a ${b}\n"},
    {"k.ts",
     "const i = new ec2.CfnInstance(this, 'A', {\n"
     "  userData: Fn.base64(Fn.sub('#!/bin/bash\\necho ${AWS::Region} ${!HOME}\\nb')),\n});\n",
     "#!/bin/bash\necho ${AWS::Region} ${HOME}\nb\n"},
    {"l.ts", "new ec2.Instance(this, 'A', { userData: props.userData });\n", NULL},
    {"m.ts", "new ec2.Instance(this, 'A', { vpc });\n", NULL},
    {"n.ts", "new ec2.Instance(this, 'A', { vpc, init: ec2.CloudFormationInit.fromElements() });\n", NULL},
    {"o.ts", "new ec2.Instance(this, 'A', { userData: ec2.UserData.forWindows() });\n", NULL},
    {"p.ts",
     "const t = new ec2.LaunchTemplate(this, 'A', { userData: ec2.UserData.forLinux() });\n"
     "const u = t.userData!;\nu.addCommands(\n\t'a',\n\t'b'\n);\n",
     "a\nb\n"},
    {"q.ts",
     "const i = new ec2.Instance(this, 'A', { vpc });\n"
     "i.userData.addCommands(dedent`\n    a\n      b\n  `);\n",
     "\na\n  b\n\n"},
    {"a.py",
     "i = ec2.Instance(self, \"A\", vpc=vpc)\n"
     "i.user_data.add_commands(\n    \"yum update -y\",\n    f\"docker run -p {port}:{port} \\\\\",\n    '  x',\n)\n",
     "yum update -y\ndocker run -p {port}:{port} \\\n  x\n"},
    {"b.py",
     "u = ec2.UserData.custom(f\"\"\"#!/bin/bash\necho ${{HOME}} {x[\"y\"]}\nrun \\\\\n  now\"\"\")\n"
     "ec2.Instance(self, \"A\", user_data=u)\n",
     "#!/bin/bash\necho ${HOME} {x[\"y\"]}\nrun \\\n  now\n"},
    {"c.py",
     "u = ec2.UserData.for_linux()\nu.add_commands(*[\"a\", \"b\"])\n"
     "autoscaling.AutoScalingGroup(self, \"A\", user_data=u)\n",
     "a\nb\n"},
    {"d.py",
     "i = ec2.Instance(self, \"A\", vpc=vpc)\n"
     "i.add_user_data(textwrap.dedent(\"\"\"\\\n    a\n      b\n    c\n    \"\"\"))\n",
     "a\n  b\nc\n\n"},
    {"e.py",
     "commands = [\"a\"]\ncommands.append(\"b\")\n"
     "ec2.Instance(self, \"A\", user_data=ec2.UserData.custom(\"\\n\".join(commands)))\n",
     "a\nb\n"},
    {"f.py",
     "i = ec2.Instance(self, \"A\", vpc=vpc)\n"
     "i.user_data.add_commands(\"mv {} {{x}}\".format(name), \"b %s\" % name)\n",
     "mv {} {x}\nb %s\n"},
    {"g.py",
     "ec2.Instance(self, \"A\", user_data=ec2.UserData.custom(\n    \"#!/bin/bash\\n\"\n    \"a\\n\"\n    f\"b {c}\\n\"\n))\n",
     "#!/bin/bash\na\nb {c}\n\n"},
    {"h.py", "i = rds.Instance(self, \"A\")\ni.add_user_data(\"a\")\n", NULL},
};

static void test_lines(void) {
    for (size_t i = 0; i < array_length(samples); i++) {
        struct opened opened;
        opened_from(&opened, samples[i].path, samples[i].bytes);
        cleanup_free char *got = opened.seen ? lines_of(&opened) : NULL;
        IS_STR(got, samples[i].want, "%s", samples[i].path);
        closed(&opened);
    }
}

/* The wanted lines with the new ones behind line `after`. */
static char *with_lines(const char *lines, size_t after, const char *added) {
    struct text out = {0};
    for (size_t i = 0; i < after; i++) {
        size_t length = strcspn(lines, "\n") + 1;
        text_add_bytes(&out, lines, length);
        lines += length;
    }
    text_add_format(&out, "%s\n%s", added, lines);
    return text_take(&out);
}

static void insert_and_remove(const struct sample *sample, size_t after, const char *added,
                              size_t added_lines) {
    struct opened opened, again;
    opened_from(&opened, sample->path, sample->bytes);
    script_insert_after(&opened.script, after, added, "test");
    OK(!opened.view.reason, "%s: it can be written", sample->path);
    cleanup_free char *bytes = spliced(&opened);
    opened_from(&again, sample->path, bytes);
    cleanup_free char *got = lines_of(&again), *want = with_lines(sample->want, after, added);
    if (!IS_STR(got, want, "%s: behind line %zu", sample->path, after)) NOTE("%s", bytes);
    if (again.script.count >= after + added_lines) {
        script_remove_lines(&again.script, after + 1, after + added_lines, "test");
        cleanup_free char *back = spliced(&again);
        IS_STR(back, sample->bytes, "%s: taken out behind line %zu", sample->path, after);
    }
    closed(&opened);
    closed(&again);
}

static void test_every_place(void) {
    static const char *const added[] = {"one", "cat > 'a b' << \"EOF\"\n{ \"x\": \"${y} 100%\" }\n\nEOF"};
    static const size_t counts[] = {1, 4};
    for (size_t i = 0; i < array_length(samples); i++) {
        if (!samples[i].want) continue;
        struct opened opened;
        opened_from(&opened, samples[i].path, samples[i].bytes);
        size_t count = opened.script.count;
        /* The last line of a text that ends in a newline is empty: nothing is put behind it. */
        while (count && opened.script.lines[count - 1].length == 0) count--;
        closed(&opened);
        for (size_t after = 0; after <= count; after++)
            for (size_t k = 0; k < array_length(added); k++)
                insert_and_remove(&samples[i], after, added[k], counts[k]);
    }
}

static void test_replacement(void) {
    static const struct {
        const char *path;
        const char *bytes;
        const char *text;
        const char *want;
    } rows[] = {
        {"a.ts", "const i = new ec2.Instance(this, 'A', { vpc });\ni.addUserData(\n  'x',\n);\n", "a 'b'",
         "const i = new ec2.Instance(this, 'A', { vpc });\ni.addUserData(\n  'a \\'b\\'',\n);\n"},
        {"a.ts", "const i = new ec2.Instance(this, 'A', { vpc });\ni.addUserData(\n  `x`,\n);\n",
         "a \\\n  b ${c}",
         "const i = new ec2.Instance(this, 'A', { vpc });\ni.addUserData(\n  `a \\\\`,\n  `  b \\${c}`,\n);\n"},
        {"a.py", "i = ec2.Instance(self, \"A\", vpc=vpc)\ni.add_user_data(f\"x\")\n", "a {b}",
         "i = ec2.Instance(self, \"A\", vpc=vpc)\ni.add_user_data(f\"a {{b}}\")\n"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct opened opened;
        opened_from(&opened, rows[i].path, rows[i].bytes);
        script_replace(&opened.script, 1, 0, 1, rows[i].text, "test");
        cleanup_free char *got = spliced(&opened);
        IS_STR(got, rows[i].want, "replacement %zu", i);
        closed(&opened);
    }
}

/* A value of the app's code is carried into a new line, in the literal that it needs. */
static void test_holes(void) {
    static const struct {
        const char *path;
        const char *bytes;
        const char *want;
    } rows[] = {
        {"a.ts", "const i = new ec2.Instance(this, 'A', { vpc });\ni.addUserData(\n  'a ' + b,\n);\n",
         "const i = new ec2.Instance(this, 'A', { vpc });\ni.addUserData(\n  'a ' + b,\n  `c=${b}`,\n);\n"},
        {"a.ts", "const i = new ec2.Instance(this, 'A', { vpc });\ni.addUserData(\n  `a ${b.c}`,\n);\n",
         "const i = new ec2.Instance(this, 'A', { vpc });\ni.addUserData(\n  `a ${b.c}`,\n  `c=${b.c}`,\n);\n"},
        {"a.py", "i = ec2.Instance(self, \"A\", vpc=vpc)\ni.add_user_data(\n    \"a \" + b,\n)\n",
         "i = ec2.Instance(self, \"A\", vpc=vpc)\ni.add_user_data(\n    \"a \" + b,\n    f\"c={b}\",\n)\n"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct opened opened;
        opened_from(&opened, rows[i].path, rows[i].bytes);
        script_insert_after(&opened.script, 1,
                            "c=\x01"
                            "0\x02",
                            "test");
        cleanup_free char *got = spliced(&opened);
        IS_STR(got, rows[i].want, "hole %zu", i);
        closed(&opened);
    }
    struct opened opened;
    opened_from(&opened, "a.py", "i = ec2.Instance(self, \"A\")\ni.add_user_data(\"a {}\".format(b))\n");
    script_insert_after(&opened.script, 1,
                        "c=\x01"
                        "0\x02",
                        "test");
    OK(opened.view.reason != NULL, "what format() fills in is not carried");
    closed(&opened);
}

int main(void) {
    test_lines();
    test_every_place();
    test_replacement();
    test_holes();
    return done_testing();
}
