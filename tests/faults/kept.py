"""Outcomes on disk, a line of JSON each, so that a run that was ended can go on."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from .matrix import Outcome


class Kept:
    """What was tried of one program, by its digest; an app that was lost is tried again."""

    def __init__(self, path, program, resume):
        self.path = path
        self.program = hashlib.sha256(Path(program).read_bytes()).hexdigest()
        self.outcomes = {}
        if resume and path.exists():
            for row in map(json.loads, path.read_text().splitlines()):
                if row.pop("program") == self.program:
                    start = row.pop("row"), row.pop("app")
                    self.outcomes[start] = Outcome(**row)
        else:
            path.write_text("")

    def outcome(self, row, app):
        return self.outcomes.get((row.name, app.name))

    def keep(self, row, app, outcome):
        if outcome.lost:
            return
        told = {"program": self.program, "row": row.name, "app": app.name, "ready": outcome.ready}
        told.update(code=outcome.code, as_alone=outcome.as_alone)
        with self.path.open("a") as file:
            file.write(json.dumps(told) + "\n")
