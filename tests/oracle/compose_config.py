"""Docker Compose 1.29's reading of the files named on standard input, as a JSON line each.

Run by the system's Python, where Debian's docker-compose lies; one process for all, as each start takes
half a second.
"""

import json
import logging
import sys
from pathlib import Path

from compose.config import config
from compose.config.environment import Environment
from compose.config.errors import ConfigurationError


def read(path):
    folder = str(Path(path).parent)
    environment = Environment.from_env_file(folder)
    details = config.find(folder, [path], environment, folder)
    return {service["name"]: service for service in config.load(details).services}


def main():
    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        path = line.rstrip("\n")
        try:
            row = {"path": path, "services": read(path)}
        except ConfigurationError as error:
            row = {"path": path, "error": str(error.msg)}
        except Exception as error:  # an oracle that stumbles over a file refuses it
            row = {"path": path, "error": repr(error)}
        print(json.dumps(row, default=str))


main()
