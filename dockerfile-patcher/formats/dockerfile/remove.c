#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/dockerfile/plan.h"
#include "dockerfile-patcher/text/find.h"

static const char why[] = "take out what appsig-patch put in";

static void cut(struct planner *planner, size_t begin, size_t end) {
    edits_add(&planner->document->edits, planner->service, (struct span){begin, end}, "", why);
}

static void cut_lines(struct planner *planner, const struct instruction *instruction) {
    edits_remove_lines(&planner->document->edits, planner->service, &planner->document->source,
                       instruction->span, why);
}

/* The marker line directly above, or NULL; its text behind "# appsig-patch: ". */
static const char *marker_above(const struct planner *planner, const struct instruction *instruction,
                                struct span *line) {
    static const char sign[] = "# appsig-patch: ";
    const struct source *source = &planner->document->source;
    size_t begin = source_line_begin(source, instruction->span.begin);
    if (begin <= source->begin) return NULL;
    line->begin = source_line_begin(source, begin - 1);
    line->end = begin;
    struct span indent;
    source_indent(source, line->begin, &indent);
    return strncmp(source->bytes + indent.end, sign, sizeof sign - 1) == 0
               ? source->bytes + indent.end + sizeof sign - 1
               : NULL;
}

static bool is_ours(const struct instruction *instruction) {
    cleanup_free char *text = memory_copy_bytes(instruction->text, instruction->text_length);
    if (instruction->keyword == KEYWORD_RUN)
        return text_ends(text, " " ADOT_PACKAGE) || strstr(text, " " ADOT_PACKAGE "==") ||
               (strstr(text, " " ADOT_PACKAGE " '") && strstr(text, ".whl"));
    if (instruction->keyword == KEYWORD_ADD)
        return strstr(text, " --checksum=sha256:") && text_ends(text, " " SHIM_TARGET);
    if (instruction->keyword == KEYWORD_COPY)
        return text_ends(text, " " SHIM_TARGET) ||
               (strstr(text, " appsig/") && text_ends(text, ".whl /tmp/"));
    return instruction->keyword == KEYWORD_ENTRYPOINT && instruction->json && instruction->word_count == 2 &&
           strcmp(text_base_name(instruction->words[0].value), "appsig-exec") == 0 &&
           strcmp(instruction->words[1].value, "--") == 0;
}

/* The launcher's words in the JSON form, with the comma that came with them. */
static void unwrap_json(struct planner *planner, const struct instruction *instruction) {
    for (size_t i = 0; i < instruction->word_count; i++) {
        const char *base = text_base_name(instruction->words[i].value);
        bool shim = strcmp(base, "appsig-exec") == 0 && i + 1 < instruction->word_count;
        bool guide = strcmp(base, "opentelemetry-instrument") == 0;
        if (!shim && !guide) continue;
        size_t last = i + shim;
        bool at_end = last + 1 == instruction->word_count;
        size_t begin = at_end && i
                           ? instruction_offset(instruction, instruction->words[i - 1].span.end - 1) + 1
                           : instruction_offset(instruction, instruction->words[i].span.begin);
        size_t end = at_end ? instruction_offset(instruction, instruction->words[last].span.end - 1) + 1
                            : instruction_offset(instruction, instruction->words[last + 1].span.begin);
        cut(planner, begin, end);
        return;
    }
}

static void unwrap_shell(struct planner *planner, const struct instruction *instruction, bool exec) {
    static const char *const signs[] = {"appsig-exec -- ", SHIM_TARGET " -- ", "opentelemetry-instrument "};
    const char *end = instruction->text + instruction->arguments.end;
    for (size_t i = 0; i < array_length(signs); i++) {
        const char *begin = instruction->text + instruction->arguments.begin;
        const char *found = find_bytes(begin, (size_t)(end - begin), signs[i], strlen(signs[i]));
        if (!found) continue;
        size_t length = strlen(signs[i]);
        while (found > begin && !strchr(" \t;&|(", found[-1])) found--, length++; /* its directory */
        if (exec && found - begin >= 5 && memcmp(found - 5, "exec ", 5) == 0) found -= 5, length += 5;
        size_t at = instruction_offset(instruction, (size_t)(found - instruction->text));
        cut(planner, at, at + length);
        return;
    }
    const char *begin = instruction->text + instruction->arguments.begin;
    const char *last = NULL;
    for (const char *at = begin; exec && (at = find_bytes(at, (size_t)(end - at), "exec ", 5)); at += 5)
        last = at;
    if (!last) return;
    size_t at = instruction_offset(instruction, (size_t)(last - instruction->text));
    cut(planner, at, at + 5);
}

static bool wraps(const struct instruction *instruction) {
    return find_bytes(instruction->text, instruction->text_length, "appsig-exec", 11) ||
           find_bytes(instruction->text, instruction->text_length, "opentelemetry-instrument", 24);
}

/* -c stands for --config or --config= by the marker's word. */
static void restore_config(struct planner *planner, const struct instruction *instruction,
                           const char *marker) {
    bool joined = text_starts(marker, "-c was --config= ");
    if (!joined && !text_starts(marker, "-c was --config ")) return;
    for (size_t i = 0; i + 1 < instruction->word_count; i++) {
        if (strcmp(instruction->words[i].value, "-c") != 0) continue;
        size_t begin = instruction_offset(instruction, instruction->words[i].span.begin) + 1;
        size_t end =
            joined ? instruction_offset(instruction, instruction->words[i + 1].span.begin) + 1 : begin + 2;
        edits_add(&planner->document->edits, planner->service, (struct span){begin, end},
                  joined ? "--config=" : "--config", why);
        return;
    }
}

/* "-c gunicorn.conf.py" and "--ini uwsgi.ini", where the marker says that they are new. */
static void cut_option(struct planner *planner, const struct instruction *instruction, const char *marker) {
    static const char *const signs[] = {" -c gunicorn.conf.py", " --ini uwsgi.ini"};
    bool ini = text_starts(marker, "--ini is new");
    if (!ini && !text_starts(marker, "-c is new")) return;
    for (size_t i = 1; instruction->json && i + 1 < instruction->word_count; i++) {
        if (strcmp(instruction->words[i].value, ini ? "--ini" : "-c") != 0) continue;
        cut(planner, instruction_offset(instruction, instruction->words[i - 1].span.end - 1) + 1,
            instruction_offset(instruction, instruction->words[i + 1].span.end - 1) + 1);
        return;
    }
    const char *found =
        instruction->json ? NULL : find_text(instruction->text, instruction->text_length, signs[ini]);
    if (!found) return;
    size_t at = (size_t)(found - instruction->text), end = at + strlen(signs[ini]);
    cut(planner, instruction_offset(instruction, at), instruction_offset(instruction, end - 1) + 1);
}

/* As the last word, where the guide puts it, with what parts it from the word before. */
static bool find_noreload(const struct instruction *instruction, size_t *begin, size_t *end) {
    static const char sign[] = " --noreload";
    size_t length = sizeof sign - 1, last = instruction->word_count;
    if (instruction->json) {
        if (last < 2 || strcmp(instruction->words[last - 1].value, "--noreload") != 0) return false;
        *begin = instruction_offset(instruction, instruction->words[last - 2].span.end - 1) + 1;
        *end = instruction_offset(instruction, instruction->words[last - 1].span.end - 1) + 1;
        return true;
    }
    struct span span = instruction->arguments;
    if (span.end - span.begin < length || memcmp(instruction->text + span.end - length, sign, length) != 0)
        return false;
    *begin = instruction_offset(instruction, span.end - length);
    *end = instruction_offset(instruction, span.end - 1) + 1;
    return true;
}

/* --noreload was ours or was there before: nobody can tell from the file. */
static void ask_noreload(struct planner *planner, const struct instruction *instruction) {
    struct question *question;
    size_t begin, end;
    if (!find_noreload(instruction, &begin, &end)) return;
    const char *answer =
        unit_ask(planner->unit, planner->service, "KEEP_NORELOAD", planner->document,
                 "was --noreload there before (keep) or put in with the wrapper (remove)?", &question);
    if (question) {
        question_candidate(question, "remove");
        question_candidate(question, "keep");
        question_evidence(question, &planner->document->source, begin, "--noreload");
    }
    if (!answer || strcmp(answer, "remove") != 0) return;
    cut(planner, begin, end);
}

void plan_removal(struct planner *planner) {
    struct dockerfile *file = planner->file;
    const struct source *source = &planner->document->source;
    bool guided = find_bytes(source->bytes, source->length, "opentelemetry-instrument", 24) != NULL;
    size_t whole = 0; /* instructions of a block that are to go as they are */
    for (size_t i = 0; i < file->count; i++) {
        const struct instruction *instruction = &file->instructions[i];
        struct span line;
        const char *marker = marker_above(planner, instruction, &line);
        bool exec = marker && text_starts(marker, "exec is new");
        bool filled = marker && text_starts(marker, "[] is filled");
        if (marker)
            edits_remove_lines(&planner->document->edits, planner->service, &planner->document->source, line,
                               why);
        if (marker && text_starts(marker, "the next ")) whole = (size_t)(marker[9] - '0');
        bool arch = instruction->keyword == KEYWORD_ARG && i + 1 < file->count &&
                    is_ours(&file->instructions[i + 1]) &&
                    instruction->arguments.end - instruction->arguments.begin == 10 &&
                    find_bytes(instruction->text, instruction->text_length, "TARGETARCH", 10);
        if (whole || arch || (is_ours(instruction) && !filled)) {
            cut_lines(planner, instruction);
            whole -= whole > 0;
        } else if (instruction->keyword == KEYWORD_CMD || instruction->keyword == KEYWORD_ENTRYPOINT) {
            if (filled && instruction->word_count)
                cut(planner, instruction_offset(instruction, instruction->words[0].span.begin),
                    instruction_offset(instruction,
                                       instruction->words[instruction->word_count - 1].span.end - 1) +
                        1);
            else if (instruction->json) {
                if (wraps(instruction)) unwrap_json(planner, instruction);
                if (guided) ask_noreload(planner, instruction);
                if (marker) restore_config(planner, instruction, marker);
                if (marker) cut_option(planner, instruction, marker);
            } else {
                if (marker) cut_option(planner, instruction, marker);
                if (exec || wraps(instruction)) unwrap_shell(planner, instruction, exec);
                if (guided) ask_noreload(planner, instruction);
            }
        }
    }
    if (planner->document->edits.count == 0) return;
    cleanup_free char *context = dockerfile_context(planner->unit, planner->document, file);
    cleanup_free char *folder = text_join_path(context, CONTEXT_FOLDER);
    cleanup_free char *list = text_join_path(folder, "SHA256SUMS");
    planner->context = context;
    planner->stage = (int)file->stage_count - 1;
    read_start(planner);
    plan_hook(planner, NULL);
    plan_script_removal(planner);
    dockerfile_close_ignore(planner->unit, planner->document, context);
    if (unit_has_file(planner->unit, list))
        unit_note(planner->unit, planner->document, FINDING_HINT, SIZE_MAX,
                  "'%s' is no longer needed and may be deleted", folder);
}
