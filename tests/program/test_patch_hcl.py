"""The patcher's HCL scanner against hclsyntax, on real files and on mutants of them."""

import os
import random
import subprocess

import pytest

from tests.support import patch as patcher
from tests.support.make import make
from tests.support.program import TOP

CORPUS = TOP.parent / "shared" / "corpus"
CASES = TOP / "tests" / "cases" / "terraform"
SCANNER = TOP / "build" / "tests" / "unit" / "test_patch_hcl"


@pytest.fixture(scope="module")
def corpus():
    if not CORPUS.is_dir():
        pytest.skip(f"MISSING: the corpus, which is optional: {CORPUS}")
    return CORPUS


@pytest.fixture(scope="module")
def judge():
    program = patcher.oracle("hcl")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("missing: Go, to build HCL's parser")
        pytest.skip("MISSING: Go, to build HCL's parser")
    return program


@pytest.fixture(scope="module")
def scanner():
    """The unit test of the scanner, which prints what it reads in the files that it is given."""
    make(SCANNER.relative_to(TOP))
    return SCANNER


def read_by(scanner, paths):
    """By path: what the scanner reads, or None where it refuses."""
    done = subprocess.run([scanner, *paths], capture_output=True, text=True, check=True, timeout=120)
    told = {}
    for line in done.stdout.splitlines():
        kind, *fields = line.split("\t")
        if kind == "F":
            path, told[path] = fields[0], {"A": set(), "B": set()}
        elif kind == "E":
            told[path] = None
        else:
            told[path][kind].add((fields[0], int(fields[1]), int(fields[2])))
    return told


def read_as(verdict):
    if verdict["error"]:
        return None
    kinds = {"A": "attributes", "B": "blocks"}
    return {
        kind: {(item["name"], item["begin"], item["end"]) for item in verdict[name]}
        for kind, name in kinds.items()
    }


def test_the_scanner_reads_what_hclsyntax_reads(corpus, judge, scanner):
    paths = [str(path) for path in sorted([*corpus.rglob("*.tf"), *CASES.rglob("*.tf")])]
    told = read_by(scanner, paths)
    for path, verdict in patcher.verdicts(judge, paths).items():
        assert told[path] == read_as(verdict), path
    assert len(paths) >= 50


def test_the_scanner_accepts_nothing_else_in_mutants(corpus, judge, scanner, tmp_path):
    """Where hclsyntax reads a mutated file, the scanner reads the same."""
    chance = random.Random(6)
    pieces = [
        b"\n",
        b"#",
        b"<<EOF\n",
        b"<<-EOT\n",
        b"\nEOF\n",
        b"\r\n",
        b'"',
        b"${",
        b"}",
        b"{",
        b"$${",
        b"%{",
        b"/*",
    ]
    pieces += [b"*/", b"//", b"[", b"]", b"(", b")", b",", b" = ", b"\\", b"\xc3\xa9", b"a.b[0]", b"?", b":"]
    sources = [path.read_bytes() for path in sorted((corpus / "terraform").iterdir())]
    paths = []
    for number in range(400):
        data = bytearray(chance.choice(sources)[:2000])
        data = data[: data.rfind(b"\n}\n") + 3]
        for _ in range(chance.randint(1, 3)):
            data[(at := chance.randint(0, len(data))) : at] = chance.choice(pieces)
        path = tmp_path / f"{number}.tf"
        path.write_bytes(bytes(data).decode("utf-8", "ignore").encode())
        paths.append(str(path))
    told = read_by(scanner, paths)
    read = 0
    for path, verdict in patcher.verdicts(judge, paths).items():
        if not verdict["error"]:
            read += 1
            assert told[path] == read_as(verdict), path
    assert read > 50
