"""Prints the bill of materials, SPDX 2.3 as JSON: programs, digests, what is linked in."""

import argparse
import datetime
import hashlib
import json
import os
from pathlib import Path

from libraries import linked, parse_programs

OURS = "SPDXRef-Package-appsig"


def package(library):
    row = library.row
    return {
        "SPDXID": f"SPDXRef-Package-{library.name}",
        "name": row.title,
        "versionInfo": library.version,
        "supplier": "Organization: Debian",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "homepage": row.home,
        "licenseConcluded": row.licence,
        "licenseDeclared": row.licence,
        "copyrightText": f"Copyright {row.copyright}",
        "externalRefs": [
            {
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": f"pkg:deb/debian/{row.source}@{library.version}?arch=source",
            }
        ],
    }


def program_file(path):
    content = path.read_bytes()
    return {
        "SPDXID": f"SPDXRef-File-{path.name}",
        "fileName": f"./{path.name}",
        "fileTypes": ["BINARY"],
        "checksums": [
            {"algorithm": name, "checksumValue": hashlib.new(name.lower(), content).hexdigest()}
            for name in ("SHA1", "SHA256")
        ],
        "licenseConcluded": "Apache-2.0",
        "copyrightText": "Copyright 2026 the appsig authors",
    }


def verification_code(files):
    """SPDX 2.3, 7.9: the digest of the sorted digests."""
    digests = sorted(entry["checksums"][0]["checksumValue"] for entry in files)
    return hashlib.sha1("".join(digests).encode()).hexdigest()


def relation(one, kind, other):
    return {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}


def document(options):
    rows = linked(parse_programs(options.program), options.deps)
    files = [program_file(options.folder / word.split("=")[0]) for word in options.program]
    ours = {
        "SPDXID": OURS,
        "name": "appsig",
        "versionInfo": options.version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": True,
        "packageVerificationCode": {"packageVerificationCodeValue": verification_code(files)},
        "licenseConcluded": "Apache-2.0",
        "licenseDeclared": "Apache-2.0",
        "licenseInfoFromFiles": ["Apache-2.0"],
        "copyrightText": "Copyright 2026 the appsig authors",
    }
    relations = [relation("SPDXRef-DOCUMENT", "DESCRIBES", OURS)]
    relations += [relation(OURS, "CONTAINS", entry["SPDXID"]) for entry in files]
    relations += [
        relation(f"SPDXRef-File-{program}", "STATIC_LINK", f"SPDXRef-Package-{library.name}")
        for library in rows
        for program in library.programs
    ]
    name = f"appsig-{options.version}-{options.arch}"
    created = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": name,
        "documentNamespace": f"https://spdx.org/spdxdocs/{name}-{verification_code(files)}",
        "creationInfo": {
            "created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "creators": ["Organization: the appsig authors", "Tool: packaging/sbom.py"],
        },
        "packages": [ours, *(package(library) for library in rows)],
        "files": files,
        "relationships": relations,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--version", required=True)
    parser.add_argument("--arch", required=True)
    parser.add_argument("--deps", required=True, help="build/deps/<architecture>")
    parser.add_argument("--folder", required=True, type=Path, help="where the programs are")
    parser.add_argument("program", nargs="+", help="NAME=LIBRARY,LIBRARY")
    print(json.dumps(document(parser.parse_args()), indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
