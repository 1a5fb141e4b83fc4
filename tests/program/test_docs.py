"""What the docs say is there is there: links, files, options, keys, the programs' own messages."""

import os
import re
import shlex
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tests.support.program import TOP, run

PAGES = sorted([*TOP.glob("*.md"), *TOP.glob("docs/*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
PROGRAMS = ("appsig-exec", "appsig-patch", "appsig-setup")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))


def prose(page):
    """Without the blocks of code, in which neither links nor tables are."""
    return re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)


def anchors(page):
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def rows(page):
    """(header cells, cells) of every row of every table."""
    header = None
    for line in prose(page).splitlines():
        if not line.startswith("|"):
            header = None
            continue
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if header is None:
            header = [cell.strip(" |") for cell in cells]
        elif not re.fullmatch(r"[-|: ]+", line):
            yield header, [cell.strip(" |") for cell in cells]


def options(program):
    text = run([Path(os.environ.get("TEST_PROGRAMS") or TOP / "build") / program, "--help"]).stdout
    found = set(re.findall(r"^  (?:-\w, )?(--[a-z0-9-]+)", text, re.MULTILINE))
    assert len(found) > 10, text
    return found | set(re.findall(r"^  (-\w), ", text, re.MULTILINE))


@pytest.fixture(scope="module")
def known_options():
    return {program: options(program) for program in PROGRAMS}


@pytest.fixture(scope="module")
def literals():
    """Every text of the sources, its pieces joined as the compiler joins them."""
    files = [
        path
        for folder in ("shim", "common", "host-setup", "dockerfile-patcher", "wsgi-hooks")
        for pattern in ("*.c", "*.h", "*.py")
        for path in (TOP / folder).rglob(pattern)
    ]
    quoted = re.compile(r'"((?:[^"\\\n]|\\.)*)"(?:\s*"((?:[^"\\\n]|\\.)*)")*|\'((?:[^\'\\\n]|\\.)*)\'')
    pieces = re.compile(r'"((?:[^"\\\n]|\\.)*)"|\'((?:[^\'\\\n]|\\.)*)\'')
    said = []
    for path in files:
        for match in quoted.finditer(path.read_text()):
            said.append("".join(one or other for one, other in pieces.findall(match[0])))
    assert len(said) > 1000
    return "\n".join(said)


@each_page
def test_links_resolve(page):
    for target in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.exists(), f"{page.name}: {target}"
        assert not anchor or anchor in anchors(there), f"{page.name}: {target}: no such heading"


@each_page
def test_files_that_are_named_exist(page):
    """`shim/plan.c`: a path whose first part is a folder of the repository; NAME stands for whatever."""
    listed = subprocess.run(["git", "ls-files"], cwd=TOP, capture_output=True, text=True, check=False).stdout
    tracked = listed.splitlines() or [str(path.relative_to(TOP)) for path in TOP.rglob("*")]
    folders = {path.split("/")[0] for path in tracked if "/" in path} - {"build"}
    for path in CODE.findall(prose(page)):
        parts = path.rstrip("/").split("/")
        if len(parts) < 2 or parts[0] not in folders or re.search(r"[^\w./-]", path):
            continue
        assert any(part.isupper() for part in parts) or (TOP / path).exists(), f"{page.name}: {path}"


@each_page
def test_options_of_command_lines_are_taken(page, known_options):
    for line in [*CODE.findall(page.read_text()), *page.read_text().replace("\\\n", " ").splitlines()]:
        found = re.match(r"(?:\$ )?(?:sudo )?(?:build/)?(appsig-(?:exec|patch|setup)) (.*)", line.strip())
        if not found or line.strip().startswith("|"):
            continue
        for word in shlex.split(found[2], comments=True):
            if word == "--":
                break
            name = word.split("=")[0]
            assert not name.startswith("-") or name == "-" or name in known_options[found[1]], (
                f"{page.name}: {line}"
            )


def test_readme_has_the_options_and_their_keys(known_options):
    """Both ways: nothing that is not there, and every option that is a key too."""
    sources = (TOP / "shim/setting_rows.c").read_text()
    keyed = dict(re.findall(r'\{"([a-z-]+)",(?:(?!\n    \[)[\s\S])*?\.key = "(\w+)"', sources))
    assert len(keyed) > 10
    told = {}
    for header, cells in rows(TOP / "README.md"):
        if header[:2] != ["option", "conf key"]:
            continue
        names = [word.split()[0] for word in CODE.findall(cells[0])]
        assert set(names) <= known_options["appsig-exec"], cells[0]
        keys = [word.split()[-1] for word in CODE.findall(cells[1])]
        told.update(zip([name.removeprefix("--") for name in names], keys))
    assert told == keyed


@pytest.mark.parametrize("page", ["README.md", "docs/troubleshooting.md"])
def test_messages_that_are_quoted_are_said(page, literals):
    quoted = [
        message
        for header, cells in rows(TOP / page)
        for name, cell in zip(header, cells)
        if name in ("line", "the line has", "the message has")
        for message in CODE.findall(cell)
    ]
    assert len(quoted) > 5
    assert [message for message in quoted if message not in literals] == []


def test_finding_ids_are_those_of_the_rows():
    known = set(
        re.findall(r'ROW\(\w+, "([a-z0-9-]+)"', (TOP / "dockerfile-patcher/engine/finding.h").read_text())
    )
    told = {
        word
        for header, cells in rows(TOP / "docs/troubleshooting.md")
        if header[0] == "id"
        for word in CODE.findall(cells[0])
    }
    assert told
    assert told <= known


def test_pictures_are_well_formed():
    for picture in TOP.glob("docs/*.svg"):
        root = ElementTree.parse(picture).getroot()
        assert root.find("{http://www.w3.org/2000/svg}title") is not None, picture
