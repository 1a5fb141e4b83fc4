#include "host-setup/fetch.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "common/agent.h"
#include "common/digest.h"
#include "common/files.h"
#include "common/memory.h"
#include "host-setup/effects.h"
#include "host-setup/http.h"
#include "host-setup/settings.h"
#include "host-setup/state.h"

enum { MOST_PACKAGE = 1024 * 1024 * 1024 };

static bool read_whole(const char *path, char **bytes, size_t *length, struct error **error) {
    int failure = files_read(path, MOST_PACKAGE, bytes, length);
    return failure == 0 || error_set(error, SETUP_FAILED, "'%s' cannot be read: %s", path, strerror(failure));
}

static bool check_digest(const char *source, const char *digest, const char *bytes, size_t length,
                         struct error **error) {
    char hex[65];
    sha256_hex(bytes, length, hex);
    return strcasecmp(hex, digest) == 0 ||
           error_set(error, SETUP_FAILED, "'%s' has the SHA-256 %s, not %s", source, hex, digest);
}

/* True where gpg says VALIDSIG with AWS's fingerprint. */
static bool is_signed(const struct room *host, const char *folder, const char *file, struct error **error) {
    cleanup_free char *home = text_join_path(folder, "gpg"), *key = text_join_path(folder, "key.gpg");
    cleanup_free char *signature = memory_format("%s.sig", file);
    cleanup_outcome struct outcome imported = {0}, verified = {0};
    mkdir(home, 0700);
    if (!room_has(host, "gpg"))
        return error_set(error, SETUP_FAILED,
                         "'gpg' is not there to check the signature: install it, or give --agent-sha256");
    room_run_words(host, &imported, "gpg", "--batch", "--homedir", home, "--import", key, NULL);
    room_run_words(host, &verified, "gpg", "--batch", "--homedir", home, "--status-fd", "1", "--verify",
                   signature, file, NULL);
    const char *valid = verified.only_output.bytes ? strstr(verified.only_output.bytes, "VALIDSIG ") : NULL;
    const char *line_end = valid ? valid + strcspn(valid, "\n") : NULL;
    const char *print = valid ? strstr(valid, AGENT_KEY_FINGERPRINT) : NULL;
    return (verified.code == 0 && print && print < line_end) ||
           error_set(error, SETUP_FAILED, "'%s' does not have AWS's signature", file);
}

static bool check_signature(const struct room *room, const char *folder, const char *url, const char *file,
                            struct error **error) {
    cleanup_free char *signature_url = memory_format("%s.sig", url),
                      *signature = memory_format("%s.sig", file);
    cleanup_free char *key = text_join_path(folder, "key.gpg");
    /* gpg runs on this host, whatever the tree */
    struct room host = {.root = "", .log_path = room->log_path};
    return http_download(signature_url, signature, NULL, NULL, error) &&
           http_download(AGENT_KEY_URL, key, NULL, NULL, error) && is_signed(&host, folder, file, error);
}

static bool from_url(const struct room *room, const char *url, const char *digest, struct tell *tell,
                     char **bytes, size_t *length, struct error **error) {
    cleanup_free char *folder = room_path(room, STATE_DIRECTORY "/download");
    cleanup_free char *file = text_join_path(folder, text_base_name(url));
    mkdir(folder, 0700);
    bool good = http_download(url, file, tell_percent, tell, error) &&
                (digest || check_signature(room, folder, url, file, error)) &&
                read_whole(file, bytes, length, error) &&
                (!digest || check_digest(url, digest, *bytes, *length, error));
    effect_remove_tree(folder);
    return good;
}

bool fetch_file(const struct room *room, const char *source, const char *digest, struct tell *tell,
                char **bytes, size_t *length, struct error **error) {
    *bytes = NULL;
    if (strstr(source, "://")) return from_url(room, source, digest, tell, bytes, length, error);
    return read_whole(source, bytes, length, error) &&
           (!digest || check_digest(source, digest, *bytes, *length, error));
}
