"""The command line as people start it: a process of its own, its output and its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-c", "from liaison.cli.app import main; main()"]


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class CommandLine:
    """Commands against one server, with a data folder of their own."""

    server: str
    data: Path
    language: str = "en_GB.UTF-8"

    def __call__(self, *arguments: str, **environment: str) -> Ended:
        known = {"PATH": os.environ["PATH"], "HOME": str(self.data), "LANG": self.language, "PYTHONUTF8": "1"}
        known |= {"LIAISON_DATA_FOLDER": str(self.data), "COLUMNS": "100"}
        if self.server:
            known["LIAISON_SERVER"] = self.server
        ended = subprocess.run(
            [*COMMAND, *arguments],
            env={**known, **environment},
            capture_output=True,
            text=True,
            timeout=120,
            cwd=self.data,
            check=False,
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)
