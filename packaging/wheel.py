"""Writes a wheel: a static program as a script, the hook files under share/appsig, nothing to import.

There is no build backend in between: a wheel is a zip file with a list of its contents, and this one must
come out byte for byte the same from the same inputs, so every entry has SOURCE_DATE_EPOCH as its time.
"""

import argparse
import base64
import hashlib
import os
import time
import zipfile
from pathlib import Path

# The oldest time that a zip file can hold.
ZIP_EPOCH = 315532800


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--version", required=True)
    parser.add_argument("--program", required=True, type=Path, help="its name is the project's")
    parser.add_argument("--summary", required=True)
    parser.add_argument("--license", required=True, type=Path)
    parser.add_argument("--library", action="append", default=[], type=Path, help="licence of one linked in")
    parser.add_argument("--hook", action="append", default=[], type=Path)
    parser.add_argument("--readme", required=True, type=Path)
    parser.add_argument("wheel", type=Path, help="its name holds the platform tags, joined by dots")
    return parser.parse_args()


def module(options):
    return options.program.name.replace("-", "_")


def metadata(options):
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {options.program.name}",
        f"Version: {options.version}",
        f"Summary: {options.summary}",
        "License: Apache-2.0",
        "Classifier: License :: OSI Approved :: Apache Software License",
        "Classifier: Operating System :: POSIX :: Linux",
        "Classifier: Programming Language :: C",
        "Description-Content-Type: text/markdown",
        "",
        options.readme.read_text(),
    ]
    return "\n".join(lines) + "\n"


def wheel_file(platforms):
    lines = ["Wheel-Version: 1.0", "Generator: appsig packaging/wheel.py", "Root-Is-Purelib: false"]
    lines += [f"Tag: py3-none-{platform}" for platform in platforms.split(".")]
    return "\n".join(lines) + "\n"


def entries(options):
    """(name in the archive, bytes, file mode), in the order in which they are written."""
    data = f"{module(options)}-{options.version}.data"
    info = f"{module(options)}-{options.version}.dist-info"
    yield f"{data}/scripts/{options.program.name}", options.program.read_bytes(), 0o755
    for hook in sorted(options.hook):
        yield f"{data}/data/share/appsig/hooks/{hook.name}", hook.read_bytes(), 0o644
    yield f"{info}/licenses/{options.license.name}", options.license.read_bytes(), 0o644
    for library in sorted(options.library):
        yield f"{info}/licenses/{library.name}.txt", library.read_bytes(), 0o644
    yield f"{info}/METADATA", metadata(options).encode(), 0o644
    yield f"{info}/WHEEL", wheel_file(options.wheel.stem.split("-")[-1]).encode(), 0o644


def digest(content):
    encoded = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
    return "sha256=" + encoded.decode()


def main():
    options = arguments()
    epoch = max(int(os.environ["SOURCE_DATE_EPOCH"]), ZIP_EPOCH)
    record_name = f"{module(options)}-{options.version}.dist-info/RECORD"
    record = []
    with zipfile.ZipFile(options.wheel, "w", zipfile.ZIP_DEFLATED) as wheel:

        def add(name, content, mode):
            entry = zipfile.ZipInfo(name, time.gmtime(epoch)[:6])
            entry.external_attr = (0o100000 | mode) << 16
            entry.create_system = 3
            entry.compress_type = zipfile.ZIP_DEFLATED
            wheel.writestr(entry, content)

        for name, content, mode in entries(options):
            add(name, content, mode)
            record.append(f"{name},{digest(content)},{len(content)}")
        record.append(f"{record_name},,")
        add(record_name, "\n".join(record) + "\n", 0o644)


if __name__ == "__main__":
    main()
