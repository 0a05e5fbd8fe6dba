"""Where workers of a crash run are born: a process that has loaded the program, and forks a worker when asked.

A worker from here is `liaison worker` with what the loading of modules costs already paid; it has read no setting and
opened nothing. Two workers are started at every point, and loading was most of what a point took.
`tests/crash/test_processes.py` starts workers as people do.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_LOADED = (
    "liaison.cli.app",
    "liaison.cli.run",
    "liaison.cli.serving",
    "liaison.compose",
    "liaison.engine.launch",
    "liaison.engine.worker",
)
_LONGEST_ASK = 100_000


class Nursery:
    """The player's end."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._ours, theirs = socket.socketpair()
        with theirs, log.open("a", encoding="utf-8") as errors:
            command = [sys.executable, "-m", "tests.crash.nursery", str(theirs.fileno())]
            self._process = subprocess.Popen(command, pass_fds=(theirs.fileno(),), stderr=errors)

    def bear(self, variables: Mapping[str, str]) -> tuple[int, int]:
        """The process id of a worker with these variables, and the end of a pipe from which its output is read."""
        out, into = os.pipe()
        asked = json.dumps({"variables": dict(variables), "log": str(self._log)}).encode()
        socket.send_fds(self._ours, [asked], [into])
        os.close(into)
        told = self._ours.recv(100)
        if not told:
            raise RuntimeError(f"the nursery ended; see {self._log}")
        return int(told), out

    def close(self) -> None:
        self._ours.close()
        self._process.wait(10)


def serve(ours: socket.socket) -> None:
    """Fork a worker for each ask, until the player is gone."""
    for name in _LOADED:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended workers leave nothing to be waited for
    while True:
        message, files, _, _ = socket.recv_fds(ours, _LONGEST_ASK, 1)
        if not message:
            return
        asked = json.loads(message)
        pid = os.fork()
        if pid == 0:
            ours.close()
            _be_a_worker(asked["variables"], asked["log"], files[0])
        os.close(files[0])
        ours.send(str(pid).encode())


def _be_a_worker(variables: Mapping[str, str], log: str, output: int) -> None:
    from liaison.cli.app import main

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.update(variables)
    os.dup2(output, 1)
    os.close(output)
    errors = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(errors, 2)
    sys.argv = ["liaison", "worker"]
    code = 70
    try:
        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as end:
        serve(end)
