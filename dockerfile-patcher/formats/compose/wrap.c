#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "dockerfile-patcher/formats/compose/marker.h"
#include "dockerfile-patcher/formats/compose/words.h"
#include "dockerfile-patcher/text/find.h"
#include "dockerfile-patcher/text/yaml_edit.h"

static const char why_reload[] = "keep Django's reloader from starting the app twice";
static const char why_config[] = "keep --config from opentelemetry-instrument, which takes it for its own";
static const char why_hook[] = "lead to the hook";
static const char why_removed[] = "take out what appsig-patch put in";

struct launcher {
    const char *words[2];
    size_t count;
    const char *text;
    const char *why;
};

/* --remove does not know in which style the file was patched: both rows are looked for. */
static const struct launcher launchers[] = {
    [STYLE_SHIM] = {{"appsig-exec", "--"}, 2, "appsig-exec -- ", "start the app through appsig-exec"},
    [STYLE_GUIDE] = {{"opentelemetry-instrument"},
                     1,
                     "opentelemetry-instrument ",
                     "start the app through opentelemetry-instrument"},
};

static struct document *document_of(const struct compose_words *words) { return words->owner->document; }

static bool put(struct document *document, struct service *service, size_t at, const char *text,
                const char *why) {
    if (at != SIZE_MAX) edits_add(&document->edits, service, (struct span){at, at}, text, why);
    return at != SIZE_MAX;
}

/* New items of a list, in the quotes of the item beside them. */
static bool put_items(const struct compose_words *words, struct service *service, size_t position,
                      const char *const *values, size_t count, const char *why) {
    struct document *document = document_of(words);
    const struct yaml_node *beside = yaml_follow(words->node->items[position ? position - 1 : 0]);
    cleanup_text struct text block = {0}, flow = {0};
    for (size_t i = 0; i < count; i++) {
        text_add(&block, i ? "\n- " : "- ");
        yaml_add_scalar(&block, values[i], beside->style);
        text_add(&flow, i ? ", " : "");
        yaml_add_scalar(&flow, values[i], beside->style);
    }
    return yaml_insert(&document->edits, service, &document->source, words->node, position, block.bytes,
                       flow.bytes, why);
}

static bool put_launcher(const struct compose_wrap *wrap, struct service *service,
                         const struct launcher *launcher) {
    const struct compose_words *words = wrap->words;
    struct document *document = document_of(words);
    if (wrap->inner)
        return put(document, service, compose_inner_offset(words, wrap->at, wrap->inner_at), launcher->text,
                   launcher->why);
    if (words->form == WORDS_LIST)
        return put_items(words, service, wrap->at, launcher->words, launcher->count, launcher->why);
    if (wrap->at < words->count)
        return put(document, service, compose_word_offset(words, wrap->at), launcher->text, launcher->why);
    cleanup_free char *text =
        memory_format(" %.*s", (int)(strlen(launcher->text) - 1), launcher->text); /* no blank behind it */
    return put(document, service, compose_word_offset(words, wrap->at), text, launcher->why);
}

/* Behind the byte at an offset that may be uncertain. */
static size_t behind(size_t offset) { return offset == SIZE_MAX ? SIZE_MAX : offset + 1; }

/* "-c gunicorn.conf.py" behind the server's name. */
static bool put_option(const struct compose_wrap *wrap, struct service *service) {
    const char *const items[] = {wrap->option, wrap->file};
    const struct compose_words *words = wrap->words;
    struct document *document = document_of(words);
    cleanup_free char *marker = memory_format("%s is new", wrap->option);
    cleanup_free char *text = memory_format(" %s %s", wrap->option, wrap->file);
    compose_mark(document, service, words, marker);
    if (wrap->inner)
        return put(document, service, behind(compose_inner_offset(words, wrap->at, wrap->server_end - 1)),
                   text, why_hook);
    if (words->form == WORDS_LIST)
        return put_items(words, service, wrap->server + 1, items, array_length(items), why_hook);
    size_t last = yaml_offset(&document->source, words->node, words->spans[wrap->server].end - 1);
    return put(document, service, behind(last), text, why_hook);
}

static bool put_noreload(const struct compose_wrap *wrap, struct service *service) {
    static const char *const option[] = {"--noreload"};
    const struct compose_words *words = wrap->words;
    struct document *document = document_of(words);
    compose_mark(document, service, words, "--noreload is new");
    if (wrap->inner)
        return put(document, service, behind(compose_inner_offset(words, wrap->at, wrap->inner_end - 1)),
                   " --noreload", why_reload);
    if (words->form == WORDS_LIST) return put_items(words, service, words->count, option, 1, why_reload);
    return put(document, service, compose_word_offset(words, words->count), " --noreload", why_reload);
}

/* `--config X` and `--config=X` become `-c X`. */
static bool put_config(const struct compose_wrap *wrap, struct service *service) {
    const struct compose_words *words = wrap->words;
    struct document *document = document_of(words);
    bool joined = words->words[wrap->config][8] == '=', list = words->form == WORDS_LIST;
    size_t begin = list ? yaml_offset(&document->source, yaml_follow(words->node->items[wrap->config]), 0)
                        : compose_word_offset(words, wrap->config);
    if (begin == SIZE_MAX) return false;
    bool plain = strncmp(document->source.bytes + begin, "--config", 8) == 0;
    if (!plain || (list && joined)) return false;
    compose_mark(document, service, words, joined ? "-c was --config=" : "-c was --config");
    edits_add(&document->edits, service, (struct span){begin, begin + 8 + joined}, joined ? "-c " : "-c",
              why_config);
    return true;
}

bool compose_wrap(struct unit *unit, struct service *service, const struct compose_wrap *wrap) {
    struct document *document = document_of(wrap->words);
    size_t before = document->edits.count;
    bool done = put_launcher(wrap, service, &launchers[unit->settings->style]);
    if (done && wrap->noreload) done = put_noreload(wrap, service);
    if (done && wrap->config != SIZE_MAX) done = put_config(wrap, service);
    if (done && wrap->option) done = put_option(wrap, service);
    if (done) return true;
    while (document->edits.count > before) free(document->edits.items[--document->edits.count].text);
    unit_refuse(unit, document, FINDING_UNSUPPORTED, wrap->words->node->span.begin,
                "the words of '%s' cannot be told from their quotes", wrap->words->key);
    service_of(service)->refused = true;
    return false;
}

static void cut(const struct compose_words *words, struct service *service, size_t begin, size_t end,
                const char *text) {
    edits_add(&document_of(words)->edits, service, (struct span){begin, end}, text, why_removed);
}

/* An item with what parts it from its neighbour: a line of its own, or a comma. */
static void cut_items(const struct compose_words *words, struct service *service, size_t first,
                      size_t count) {
    struct document *document = document_of(words);
    struct yaml_node **items = words->node->items;
    size_t last = first + count - 1;
    if (words->node->style == YAML_BLOCK) {
        edits_remove_lines(&document->edits, service, &document->source,
                           (struct span){items[first]->span.begin, items[last]->span.end}, why_removed);
        return;
    }
    if (first > 0)
        cut(words, service, items[first - 1]->span.end, items[last]->span.end, "");
    else if (last + 1 < words->node->count)
        cut(words, service, items[0]->span.begin, items[last + 1]->span.begin, "");
    else
        cut(words, service, items[0]->span.begin, items[last]->span.end, "");
}

static bool cut_text(const struct compose_words *words, struct service *service, const char *text,
                     struct span span) {
    const char *bytes = document_of(words)->source.bytes;
    const char *found = find_text(bytes + span.begin, span.end - span.begin, text);
    if (found) cut(words, service, (size_t)(found - bytes), (size_t)(found - bytes) + strlen(text), "");
    return found != NULL;
}

static void cut_launcher(const struct compose_words *words, struct service *service,
                         const struct launcher *launcher) {
    for (size_t i = 0; words->form == WORDS_LIST && i + launcher->count <= words->count; i++) {
        bool same = true;
        for (size_t k = 0; k < launcher->count; k++)
            same &= strcmp(words->words[i + k], launcher->words[k]) == 0;
        if (!same) continue;
        cut_items(words, service, i, launcher->count);
        return;
    }
    struct span span = words->node->content;
    if (cut_text(words, service, launcher->text, span)) return;
    cleanup_free char *behind = memory_format(" %.*s", (int)(strlen(launcher->text) - 1), launcher->text);
    if (words->form == WORDS_STRING) cut_text(words, service, behind, span);
}

static void cut_noreload(const struct compose_words *words, struct service *service) {
    if (words->form == WORDS_LIST && strcmp(words->words[words->count - 1], "--noreload") == 0)
        cut_items(words, service, words->count - 1, 1);
    else
        cut_text(words, service, " --noreload", words->node->content);
}

static void cut_option(const struct compose_words *words, struct service *service, const char *option) {
    const char *file = strcmp(option, "-c") == 0 ? "gunicorn.conf.py" : "uwsgi.ini";
    for (size_t i = 0; words->form == WORDS_LIST && i + 1 < words->count; i++) {
        if (strcmp(words->words[i], option) != 0 || strcmp(words->words[i + 1], file) != 0) continue;
        cut_items(words, service, i, 2);
        return;
    }
    cleanup_free char *text = memory_format(" %s %s", option, file);
    cut_text(words, service, text, words->node->content);
}

static void restore_config(const struct compose_words *words, struct service *service, bool joined) {
    for (size_t i = 0; i < words->count; i++) {
        if (strcmp(words->words[i], "-c") != 0) continue;
        const struct source *source = &document_of(words)->source;
        bool list = words->form == WORDS_LIST;
        size_t begin =
            list ? yaml_offset(source, yaml_follow(words->node->items[i]), 0) : compose_word_offset(words, i);
        if (begin != SIZE_MAX)
            cut(words, service, begin, begin + 2 + joined, joined ? "--config=" : "--config");
        return;
    }
}

void compose_unwrap(struct service *service, const struct compose_words *words) {
    for (size_t i = 0; i < array_length(launchers); i++) cut_launcher(words, service, &launchers[i]);
    struct document *document = document_of(words);
    size_t key = words->mapping->items[yaml_index(words->mapping, words->key)]->span.begin;
    struct compose_marker marker;
    for (size_t at = key; compose_marker_above(document, at, &marker); at = marker.line.begin) {
        if (strcmp(marker.text, "--noreload is new") == 0)
            cut_noreload(words, service);
        else if (strcmp(marker.text, "-c is new") == 0)
            cut_option(words, service, "-c");
        else if (strcmp(marker.text, "--ini is new") == 0)
            cut_option(words, service, "--ini");
        else if (text_starts(marker.text, "-c was --config"))
            restore_config(words, service, marker.text[15] == '=');
        else
            break;
        edits_remove_lines(&document->edits, service, &document->source, marker.line, why_removed);
    }
}
