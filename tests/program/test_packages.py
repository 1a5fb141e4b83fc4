"""The packages beside the wheel, as their users meet them."""

import hashlib
import json
import os
import platform
import re
import subprocess

import pytest

from tests.program.test_wheel import VERSION, only
from tests.support.program import TOP

MACHINE = platform.machine()
DEB_ARCH = {"x86_64": "amd64", "aarch64": "arm64"}[MACHINE]
UNIT = "[Service]\nExecStart=\nExecStart=/usr/bin/appsig-exec -- /srv/shop/venv/bin/gunicorn app:app\n"

pytestmark = pytest.mark.release


def run(*words, **more):
    answer = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, timeout=120, check=False, **more
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A tree in which dpkg has installed the package, and a unit that uses it."""
    root = tmp_path_factory.mktemp("root")
    (root / "var/lib/dpkg/info").mkdir(parents=True)
    (root / "var/lib/dpkg/updates").mkdir()
    (root / "var/lib/dpkg/status").touch()
    dpkg(root, "--install", only(f"appsig_{VERSION}_{DEB_ARCH}.deb"))
    return root


def dpkg(root, *words):
    sbin = {**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}
    return run("dpkg", f"--root={root}", "--force-script-chrootless", "--force-not-root", *words, env=sbin)


def test_deb_installs_and_keeps_the_conf_file_and_warns(root):
    for program in ("appsig-exec", "appsig-patch", "appsig-setup"):
        assert VERSION in run(root / "usr/bin" / program, "--version").stdout
        for place in (
            "man/man1/{}.1.gz",
            "bash-completion/completions/{}.bash",
            "zsh/vendor-completions/_{}",
        ):
            assert (root / "usr/share" / place.format(program)).stat().st_size > 100, place
    conf = root / "etc/appsig/appsig.conf"
    conf.write_text("[service]\nname = mine\n")
    assert dpkg(root, "--install", only(f"appsig_{VERSION}_{DEB_ARCH}.deb")).stderr == ""
    assert conf.read_text() == "[service]\nname = mine\n"

    units = root / "etc/systemd/system"
    (units / "shop.service.d").mkdir(parents=True)
    (units / "shop.service.d/appsig.conf").write_text(UNIT)
    (units / "own.service").write_text(UNIT.replace("/usr/bin/", "/srv/shop/venv/bin/"))
    (units / "told.service").write_text("[Service]\n# was /usr/bin/appsig-exec\nExecStart=/bin/true\n")
    warned = dpkg(root, "--remove", "appsig").stderr
    assert re.findall(r'appsig: "([^"]+)" still starts', warned) == [
        str(units / "shop.service.d/appsig.conf")
    ]
    assert not (root / "usr/bin/appsig-exec").exists()
    assert conf.exists()
    dpkg(root, "--purge", "appsig")
    assert not conf.exists()


def test_rpm_has_the_same_files_and_asks_before_it_goes(tmp_path):
    package = only(f"appsig-{VERSION}-1.{MACHINE}.rpm")
    query = ["rpm", "--dbpath", tmp_path / "db", "-qp", package]
    assert run(*query, "--configfiles").stdout == "/etc/appsig/appsig.conf\n"
    assert run(*query, "--qf", "%{NAME} %{VERSION} %{LICENSE} %{ARCH}").stdout == (
        f"appsig {VERSION} Apache-2.0 {MACHINE}"
    )
    script = (TOP / "packaging/still-used.sh").read_text()
    assert script.strip() in run(*query, "--qf", "%{PREUN}").stdout
    listed = set(run(*query, "--list").stdout.split())
    assert {
        "/usr/bin/appsig-exec",
        "/usr/share/man/man5/appsig.conf.5.gz",
        "/usr/share/doc/appsig/NOTICE",
    } <= listed
    assert "/usr/share/zsh/site-functions/_appsig-exec" in listed


def test_bill_of_materials_names_what_make_links():
    bill = json.loads(only(f"appsig-{VERSION}-{MACHINE}.spdx.json").read_text())
    for entry in bill["files"]:
        built = (TOP / "build" / entry["fileName"]).read_bytes()
        digests = {item["algorithm"]: item["checksumValue"] for item in entry["checksums"]}
        assert digests == {name: hashlib.new(name.lower(), built).hexdigest() for name in ("SHA1", "SHA256")}
    linked = {
        (edge["spdxElementId"].removeprefix("SPDXRef-File-"), edge["relatedSpdxElement"].rpartition("-")[2])
        for edge in bill["relationships"]
        if edge["relationshipType"] == "STATIC_LINK"
    }
    rows = re.findall(r"^LIBS_(\S+) +:= (.+)$", (TOP / "mk/programs.mk").read_text(), re.MULTILINE)
    assert linked == {
        (program, name) for program, names in rows for name in ("musl", "libgcc", *names.split())
    }
    packages = {entry["SPDXID"]: entry for entry in bill["packages"]}
    for edge in bill["relationships"]:
        if edge["relationshipType"] == "STATIC_LINK":
            package = packages[edge["relatedSpdxElement"]]
            assert package["versionInfo"]
            assert package["licenseConcluded"] not in ("", "NOASSERTION")
    notice = (TOP / "build/NOTICE").read_text()
    assert all(f"{entry['name']} {entry['versionInfo']}\n" in notice for entry in list(packages.values())[1:])


def test_lintian_has_nothing_to_say():
    package = only(f"appsig_{VERSION}_{DEB_ARCH}.deb")
    assert run("lintian", "--allow-root", "--fail-on", "error,warning", package).stdout == ""
