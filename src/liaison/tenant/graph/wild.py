"""Untrusted JSON objects, read one member at a time into typed values."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from liaison.tenant.graph.errors import Backend, GraphError, bad_request


@dataclass(frozen=True)
class Wild:
    """A JSON object from a client; reading a member of the wrong kind raises 400 in the backend's own words."""

    value: dict[str, Any]
    backend: Backend

    def has(self, name: str) -> bool:
        return name in self.value

    def text(self, name: str) -> str:
        """A text that must be there and must not be empty."""
        found = self.optional_text(name)
        if not found:
            raise bad_request(self.backend, f"A non-empty value for '{name}' is required.")
        return found

    def optional_text(self, name: str) -> str | None:
        found = self.value.get(name)
        if found is not None and not isinstance(found, str):
            raise self._wrong(name, "a string")
        return found

    def flag(self, name: str, default: bool) -> bool:
        found = self.value.get(name)
        if found is None:
            return default
        if not isinstance(found, bool):
            raise self._wrong(name, "a boolean")
        return found

    def whole(self, name: str) -> int | None:
        """A whole number, or a text of digits as JSON writes 64-bit numbers."""
        found = self.value.get(name)
        if isinstance(found, str) and found.isdigit():
            return int(found)
        if found is not None and (not isinstance(found, int) or isinstance(found, bool)):
            raise self._wrong(name, "a number")
        return found

    def child(self, name: str) -> Wild:
        """An object; an absent one is empty."""
        found = self.value.get(name)
        if found is None:
            return Wild({}, self.backend)
        if not isinstance(found, dict):
            raise self._wrong(name, "an object")
        return Wild(found, self.backend)

    def children(self, name: str) -> list[Wild]:
        """A list of objects; an absent one is empty."""
        found = self.value.get(name)
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise self._wrong(name, "a list of objects")
        return [Wild(one, self.backend) for one in found]

    def texts(self, name: str) -> list[str]:
        """A list of texts; an absent one is empty."""
        found = self.value.get(name)
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise self._wrong(name, "a list of strings")
        return list(found)

    def only(self, known: Collection[str], type_name: str) -> Wild:
        """Raises 400 for a property that the type does not have; control information passes.

        Source: graph.md 1.1 (unknown body properties)
        """
        for name in self.value:
            if name not in known and "@" not in name:
                raise bad_request(
                    self.backend,
                    f"The property '{name}' does not exist on type '{type_name}'. Make sure to only use property names "
                    "that are defined by the type.",
                )
        return self

    def _wrong(self, name: str, expected: str) -> GraphError:
        return bad_request(self.backend, f"The value of the property '{name}' must be {expected}.")
