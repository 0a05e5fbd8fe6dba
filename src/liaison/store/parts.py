"""One object of a stored document, read strictly: each value by its name and type, and nothing left over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

Word = TypeVar("Word", bound=StrEnum)
Part = TypeVar("Part")


class DocumentUnreadable(ValueError):
    """A stored document is not in the form that this version writes; `path` is the place."""

    def __init__(self, path: str, expected: str) -> None:
        super().__init__(f"stored document: {path}: expected {expected}")
        self.path = path


class Parts:
    """One object of a document: each value asked for by name and type, and nothing left over."""

    def __init__(self, values: Any, path: str) -> None:
        if not isinstance(values, dict):
            raise DocumentUnreadable(path or "(whole)", "an object")
        self._values, self._path, self._taken = values, path, set[str]()

    def has(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str:
        return str(self._of(name, str))

    def number(self, name: str) -> int:
        return int(self._of(name, int))

    def flag(self, name: str) -> bool:
        return bool(self._of(name, bool))

    def facts(self, name: str) -> dict[str, Any]:
        return dict(self._of(name, dict))

    def time(self, name: str) -> datetime:
        try:
            moment = datetime.fromisoformat(self.text(name))
        except ValueError:
            raise DocumentUnreadable(self._at(name), "a time") from None
        if moment.tzinfo is None:
            raise DocumentUnreadable(self._at(name), "a time with its zone")
        return moment

    def optional_time(self, name: str) -> datetime | None:
        self._taken.add(name)
        return None if name in self._values and self._values[name] is None else self.time(name)

    def texts(self, name: str) -> list[str]:
        found = self._of(name, list)
        if not all(isinstance(value, str) for value in found):
            raise DocumentUnreadable(self._at(name), "texts")
        return list(found)

    def word(self, name: str, kind: type[Word]) -> Word:
        return self._word(name, self.text(name), kind)

    def words(self, name: str, kind: type[Word]) -> list[Word]:
        return [self._word(name, value, kind) for value in self._of(name, list)]

    def part(self, name: str, read: Callable[[Parts], Part]) -> Part:
        return self._part(name, self._of(name, dict), read)

    def parts(self, name: str, read: Callable[[Parts], Part]) -> list[Part]:
        return [self._part(f"{name}/{index}", value, read) for index, value in enumerate(self._of(name, list))]

    def optional(self, name: str, read: Callable[[Parts], Part]) -> Part | None:
        self._taken.add(name)
        return None if name in self._values and self._values[name] is None else self.part(name, read)

    def nothing_else(self) -> None:
        for name in self._values:
            if name not in self._taken:
                raise DocumentUnreadable(self._at(name), "nothing of this name")

    def _part(self, name: str, value: Any, read: Callable[[Parts], Part]) -> Part:
        inner = Parts(value, self._at(name))
        found = read(inner)
        inner.nothing_else()
        return found

    def _word(self, name: str, value: Any, kind: type[Word]) -> Word:
        try:
            return kind(value)
        except ValueError:
            raise DocumentUnreadable(self._at(name), f"one of {', '.join(kind)}") from None

    def _of(self, name: str, kind: type[Any]) -> Any:
        self._taken.add(name)
        value = self._values.get(name)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise DocumentUnreadable(self._at(name), kind.__name__)
        return value

    def _at(self, name: str) -> str:
        return f"{self._path}/{name}" if self._path else name
