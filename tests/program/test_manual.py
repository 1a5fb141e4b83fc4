"""Man pages and completions against what each program itself says and takes."""

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.support.make import make
from tests.support.program import TOP, run

PROGRAMS = ("appsig-exec", "appsig-patch", "appsig-setup")
MAN = TOP / "build/man"
COMPLETIONS = TOP / "build/completions"

# What is printed is the same for both builds of the programs.
pytestmark = pytest.mark.release

each_program = pytest.mark.parametrize("program", PROGRAMS)


def binary(program):
    return Path(os.environ.get("TEST_PROGRAMS") or TOP / "build") / program


def option_names(program):
    """{long name: letter or ""} as --help has them."""
    text = run([binary(program), "--help"]).stdout
    found = re.findall(r"^  (?:-(\w), )?--([a-z0-9-]+)", text, re.MULTILINE)
    assert len(found) > 10, text
    return {name: letter for letter, name in found}


def made(path):
    assert path.is_file(), f"{path}: not made, `make manual` makes it"
    return path


def checked(need, tool, *words):
    need(shutil.which(tool), f"{tool}, by make build/need/test")
    outcome = run([tool, *words])
    assert outcome.code == 0, outcome.stdout + outcome.stderr
    return outcome.stdout + outcome.stderr


@each_program
def test_page_has_every_option(program):
    page = made(MAN / f"{program}.1").read_text()
    listed = re.findall(r"^\.TP\n(?:\\fB\\-(\w)\\fR, )?\\fB\\-\\-([a-z0-9\\-]+)\\fR", page, re.MULTILINE)
    assert {name.replace("\\", ""): letter for letter, name in listed} == option_names(program)


@pytest.mark.parametrize("page", [*(f"{program}.1" for program in PROGRAMS), "appsig.conf.5"])
def test_page_is_sound(page, need):
    assert checked(need, "mandoc", "-Tlint", "-Wwarning", made(MAN / page)) == ""
    assert "@" not in re.sub(r"@sha256", "", (MAN / page).read_text())


def test_conf_page_has_the_keys_of_the_conf_file():
    """conf/appsig.conf, which a user copies, shows each key once, as a comment."""
    section, keys = None, set()
    for line in (TOP / "conf/appsig.conf").read_text().splitlines():
        if found := re.fullmatch(r"\[(\w+)\]", line):
            section = found[1]
        elif section != "env" and (found := re.match(r"# (\w+) =", line)):
            keys.add((section, found[1]))
    page = made(MAN / "appsig.conf.5").read_text()
    sections = re.split(r"^\.SS \[(\w+)\]\n", page, flags=re.MULTILINE)[1:]
    listed = {
        (name, key)
        for name, body in zip(sections[::2], sections[1::2])
        if name != "env"
        for key in re.findall(r"^\.TP\n\\fB(\w+)\\fR", body, re.MULTILINE)
    }
    assert listed == keys


def bash_offers(program, *words):
    """What the function answers to words as bash breaks them, the last one being completed."""
    script = (
        f"source {made(COMPLETIONS / f'{program}.bash')}\n"
        'COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))\n'
        f"_{program.replace('-', '_')}\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    outcome = run(["bash", "--norc", "-c", script, "bash", program, *words])
    assert outcome.stderr == "", outcome.stderr
    return outcome.stdout.split()


@each_program
def test_bash_offers_every_option(program):
    offered = {word.removeprefix("--") for word in bash_offers(program, "--")}
    assert offered == set(option_names(program))


@pytest.mark.parametrize(
    ("program", "words", "offered"),
    [
        ("appsig-exec", ("--launch", "=", "d"), ["direct"]),
        ("appsig-exec", ("--launch", "="), ["auto", "wrapper", "direct"]),
        ("appsig-exec", ("--log", "q"), ["quiet"]),
        ("appsig-exec", ("--imds", "="), ["on", "off"]),
        ("appsig-exec", ("--on-missing-agent", "=", "w"), ["wait="]),
        ("appsig-exec", ("--service-name", "--"), []),
        ("appsig-patch", ("--style", "g"), ["guide"]),
        ("appsig-patch", ("--only", "docker"), ["dockerfile"]),
        ("appsig-setup", ("ver",), ["verify"]),
        ("appsig-setup", ("backend", "--mode", "o"), ["onPremise"]),
    ],
)
def test_bash_offers_what_is_taken(program, words, offered):
    assert bash_offers(program, *words) == offered


def test_bash_leaves_the_options_of_the_command_to_it(tmp_path):
    """Behind the command's name no option of ours is offered."""
    assert "--service-name" not in bash_offers("appsig-exec", "--port", "=", "80", "--", "gunicorn", "--s")


@each_program
def test_bash_is_sound(program, need):
    checked(need, "bash", "-n", made(COMPLETIONS / f"{program}.bash"))
    checked(need, "shellcheck", made(COMPLETIONS / f"{program}.bash"))


@each_program
def test_zsh_takes_every_option(program, need):
    """_arguments is called with the specifications; a stand-in writes their names down."""
    file = made(COMPLETIONS / f"_{program}")
    checked(need, "zsh", "-f", "-n", file)
    heard = checked(need, "zsh", "-f", "-c", f'_arguments() {{ print -rl -- "$@" }}\nsource {file}')
    specs = [line for line in heard.splitlines() if re.match(r"^(\(.*?\)|\*)?-", line)]
    names = set(re.findall(r"^(?:\(.*?\)|\*)?--([a-z0-9-]+?)=?-?\[", "\n".join(specs), re.MULTILINE))
    assert names == set(option_names(program))


def fish_offers(need, program, line):
    said = checked(
        need, "fish", "--no-config", "-c",
        f"source {made(COMPLETIONS / f'{program}.fish')}; complete -C '{line}'",
    )  # fmt: skip
    return [row.split("\t")[0] for row in said.splitlines()]


@each_program
def test_fish_offers_every_option(program, need):
    offered = {word.removeprefix("--").rstrip("=") for word in fish_offers(need, program, f"{program} --")}
    assert offered == set(option_names(program))


def test_fish_offers_what_is_taken(need):
    assert fish_offers(need, "appsig-exec", "appsig-exec --launch d") == ["direct"]
    assert "verify" in fish_offers(need, "appsig-setup", "appsig-setup ver")


def test_make_install_puts_them_in_place(tmp_path):
    make("install", f"DESTDIR={tmp_path}", "PREFIX=/usr")
    for place in (
        "man/man1/appsig-exec.1", "man/man1/appsig-patch.1", "man/man1/appsig-setup.1",
        "man/man5/appsig.conf.5",
        "bash-completion/completions/appsig-exec.bash", "zsh/site-functions/_appsig-patch",
        "fish/vendor_completions.d/appsig-setup.fish",
        "doc/appsig/README.md", "doc/appsig/docs/troubleshooting.md",
    ):  # fmt: skip
        assert (tmp_path / "usr/share" / place).is_file(), place
