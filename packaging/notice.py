"""Prints NOTICE: whose code is in the static programs, and under which licences, with their texts."""

import argparse

from libraries import linked, parse_programs

HEAD = """\
appsig
Copyright 2026 the appsig authors

Licensed under the Apache License, Version 2.0: see LICENSE.

The programs are static. In them is code of the following projects, built from Debian's sources.
The filters that appsig-exec and appsig-patch load are tables that libseccomp (LGPL-2.1) makes at build time.
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deps", required=True, help="build/deps/<architecture>")
    parser.add_argument("program", nargs="+", help="NAME=LIBRARY,LIBRARY")
    options = parser.parse_args()
    rows = linked(parse_programs(options.program), options.deps)
    print(HEAD)
    for library in rows:
        row = library.row
        print(f"{row.title} {library.version}\n  in {', '.join(library.programs)}")
        print(f"  Copyright {row.copyright}\n  Licence: {row.licence}\n  {row.home}")
        print(f"  {row.note}\n" if row.note else "")
    for library in rows:
        print("=" * 100 + f"\n{library.row.title} {library.version}: licence\n" + "=" * 100)
        print(library.text)


if __name__ == "__main__":
    main()
