"""What is linked into the static programs, a row for each: the source of NOTICE and of the SBOM.

Which library is in which program is told by LIBS_<program> in mk/programs.mk; versions and licence texts are
those that mk/deps/build.sh noted as it built them. A library without a row stops the packaging.
"""

from pathlib import Path
from typing import NamedTuple


class Library(NamedTuple):
    title: str
    licence: str  # an SPDX expression
    copyright: str
    home: str
    source: str  # Debian's source package
    note: str = ""


RELINK = (
    "This library is under the LGPL. The complete source of the programs is public under the Apache License, "
    "and `make` of it builds each static library from Debian's source package and links it (mk/deps, "
    "mk/programs.mk): put a changed library in its place and run `make` to relink."
)
RUNTIME = (
    "Parts of the compiler's run-time library. The GCC Runtime Library Exception 3.1 permits to convey the "
    "programs under terms of our choice."
)

LIBRARIES = {
    "musl": Library("musl", "MIT", "2005-2020 Rich Felker, et al.", "https://musl.libc.org/", "musl"),
    "libgcc": Library(
        "libgcc",
        "GPL-3.0-or-later WITH GCC-exception-3.1",
        "Free Software Foundation, Inc.",
        "https://gcc.gnu.org/",
        "gcc-12",
        RUNTIME,
    ),
    "curl": Library(
        "libcurl", "curl", "1996-2023 Daniel Stenberg and many contributors", "https://curl.se/", "curl"
    ),
    "curltls": Library(
        "libcurl with TLS",
        "curl",
        "1996-2023 Daniel Stenberg and many contributors",
        "https://curl.se/",
        "curl",
    ),
    "cares": Library(
        "c-ares",
        "MIT",
        "1998 Massachusetts Institute of Technology; 2007-2023 Daniel Stenberg with many contributors",
        "https://c-ares.org/",
        "c-ares",
    ),
    "cjson": Library(
        "cJSON",
        "MIT",
        "2009-2017 Dave Gamble and cJSON contributors",
        "https://github.com/DaveGamble/cJSON",
        "cjson",
    ),
    "iniparser": Library(
        "iniparser",
        "MIT",
        "2000-2011 Nicolas Devillard",
        "https://github.com/ndevilla/iniparser",
        "iniparser",
    ),
    "libyaml": Library(
        "libyaml", "MIT", "2006-2016 Kirill Simonov; 2017-2020 Ingy döt Net", "https://pyyaml.org/", "libyaml"
    ),
    "mbedtls": Library(
        "Mbed TLS", "Apache-2.0", "The Mbed TLS Contributors", "https://www.trustedfirmware.org/", "mbedtls"
    ),
    "libseccomp": Library(
        "libseccomp",
        "LGPL-2.1-only",
        "2012-2022 Paul Moore and contributors",
        "https://github.com/seccomp/libseccomp",
        "libseccomp",
        RELINK,
    ),
}
# What the compiler links in by itself.
ALWAYS = ("musl", "libgcc")


class Linked(NamedTuple):
    name: str
    row: Library
    version: str
    text: str  # of its licence
    programs: list[str]


def linked(programs, deps):
    """Rows of all that is in `programs`, {program: names of libraries}; `deps` is build/deps/ARCH."""
    names = sorted({*ALWAYS, *(name for libraries in programs.values() for name in libraries)})
    return [
        Linked(
            name,
            LIBRARIES[name],
            (Path(deps) / "versions" / name).read_text().strip(),
            (Path(deps) / "licenses" / name).read_text(),
            sorted(program for program, libraries in programs.items() if name in (*ALWAYS, *libraries)),
        )
        for name in names
    ]


def parse_programs(words):
    """`appsig-exec=curl,cares` …: {program: names of libraries}."""
    pairs = (word.split("=") for word in words)
    return {program: [name for name in libraries.split(",") if name] for program, libraries in pairs}
