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
        with self.started(*arguments, **environment) as process:
            out, err = process.communicate(timeout=120)
        return Ended(process.returncode, out, err)

    def started(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """The command while it runs."""
        known = {"PATH": os.environ["PATH"], "HOME": str(self.data), "LANG": self.language, "PYTHONUTF8": "1"}
        known |= {"LIAISON_DATA_FOLDER": str(self.data), "COLUMNS": "100"}
        if "PYTHONPATH" in os.environ:  # the tree under test, where it is not the installed one
            known["PYTHONPATH"] = os.environ["PYTHONPATH"]
        if self.server:
            known["LIAISON_SERVER"] = self.server
        return subprocess.Popen(
            [*COMMAND, *arguments],
            env={**known, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.data,
        )
