#!/bin/sh
# Run before the package goes: deb gives "remove", rpm the number of versions that stay. Warns of each systemd unit
# or drop-in that still starts its app by the package's appsig-exec; that app's next start would fail.
set -e
case ${1-} in
remove | 0) ;;
*) exit 0 ;;
esac
root=${DPKG_ROOT:-}
grep -rlsE '^[^#;]*[=[:space:]@:+!-]((/usr)?/bin/)?appsig-exec([[:space:]]|$)' \
    "$root/etc/systemd/system" "$root/run/systemd/system" "$root/usr/local/lib/systemd/system" \
    "$root/usr/lib/systemd/system" |
    while IFS= read -r unit; do
        echo "appsig: \"$unit\" still starts its app by appsig-exec, which is being removed:" \
            "take it out first, by \"appsig-setup undo\" or by hand" >&2
    done
exit 0
