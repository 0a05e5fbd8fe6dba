"""The kinds of values in declarations of operations, and what one declaration says."""

from __future__ import annotations

from dataclasses import dataclass

Parameters = tuple[tuple[str, str], ...]

TEXT, FLAG, NUMBER, BIG = "Edm.String", "Edm.Boolean", "Edm.Int32", "Edm.Int64"
GUID, MOMENT, BYTES = "Edm.Guid", "Edm.DateTimeOffset", "Edm.Binary"
ROW = "mscrm.crmbaseentity"
ROWS = f"Collection({ROW})"


@dataclass(frozen=True)
class Signature:
    """One operation. `bound` are the types it is bound to, each making a declaration of its own; `answer` are the
    properties of its response type, None when it answers nothing."""

    name: str
    action: bool
    parameters: Parameters = ()
    answer: Parameters | None = None
    bound: tuple[str, ...] = ()

    @property
    def response(self) -> str | None:
        return None if self.answer is None else f"{self.name}Response"


def function(name: str, parameters: Parameters, answer: Parameters, *bound: str) -> Signature:
    return Signature(name, False, parameters, answer, bound)


def action(name: str, parameters: Parameters = (), answer: Parameters | None = None, *bound: str) -> Signature:
    return Signature(name, True, parameters, answer, bound)
