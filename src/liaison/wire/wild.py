"""JSON that nobody has checked yet. Taming gives a typed value or UpstreamSurprise with the place in the JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from liaison.errors import UpstreamSurprise


class Wild:
    """One untrusted JSON value and the path that led to it."""

    __slots__ = ("_path", "_service", "_value")

    def __init__(self, value: object, path: str = "$", service: str = "") -> None:
        self._value = value
        self._path = path
        self._service = service

    @property
    def path(self) -> str:
        return self._path

    def surprise(self, name: str = "") -> UpstreamSurprise:
        """The error that says: this place, or its member of that name, is not shaped as documented."""
        return UpstreamSurprise(self._service, path=f"{self._path}.{name}" if name else self._path)

    def has(self, name: str) -> bool:
        """Is there a member of that name that is not null?"""
        return isinstance(self._value, dict) and self._value.get(name) is not None

    @property
    def is_present(self) -> bool:
        return self._value is not None

    def child(self, name: str) -> Wild:
        """The object under that name."""
        found = self._under(name)
        if not isinstance(found, dict):
            raise self.surprise(name)
        return Wild(found, f"{self._path}.{name}", self._service)

    def opt_child(self, name: str) -> Wild:
        """The object under that name; an empty one when it is absent or null."""
        return self.child(name) if self.has(name) else Wild({}, f"{self._path}.{name}", self._service)

    def member(self, name: str) -> Wild:
        """Whatever is under that name, null when nothing is."""
        return Wild(self._under(name), f"{self._path}.{name}", self._service)

    def _under(self, name: str) -> object:
        if not isinstance(self._value, dict):
            raise self.surprise()
        return self._value.get(name)

    def list(self, name: str) -> tuple[Wild, ...]:
        """The members of the list under that name."""
        return self.member(name).items()

    def opt_list(self, name: str) -> tuple[Wild, ...]:
        """The same; nothing when it is absent or null."""
        return self.list(name) if self.has(name) else ()

    def items(self) -> tuple[Wild, ...]:
        """The members of this list."""
        if not isinstance(self._value, list):
            raise self.surprise()
        return tuple(Wild(item, f"{self._path}[{place}]", self._service) for place, item in enumerate(self._value))

    def names(self) -> Iterator[str]:
        """The names of this object's members."""
        if not isinstance(self._value, dict):
            raise self.surprise()
        yield from self._value

    def text(self, name: str) -> str:
        """The text under that name."""
        return self.member(name).as_text()

    def opt_text(self, name: str, otherwise: str = "") -> str:
        """The text under that name; `otherwise` when it is absent or null."""
        return self.text(name) if self.has(name) else otherwise

    def number(self, name: str) -> int:
        """The whole number under that name."""
        found = self._under(name)
        if isinstance(found, bool) or not isinstance(found, int):
            raise self.surprise(name)
        return found

    def opt_number(self, name: str, otherwise: int = 0) -> int:
        """The whole number under that name; `otherwise` when it is absent or null."""
        return self.number(name) if self.has(name) else otherwise

    def flag(self, name: str) -> bool:
        """The truth under that name."""
        found = self._under(name)
        if not isinstance(found, bool):
            raise self.surprise(name)
        return found

    def opt_flag(self, name: str, otherwise: bool = False) -> bool:
        """The truth under that name; `otherwise` when it is absent or null."""
        return self.flag(name) if self.has(name) else otherwise

    def moment(self, name: str) -> datetime:
        """The moment under that name, in UTC; a text without zone is taken as UTC."""
        try:
            found = datetime.fromisoformat(_six_digits(self.text(name)))
        except ValueError:
            raise self.surprise(name) from None
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)

    def opt_moment(self, name: str) -> datetime | None:
        """The same; None when it is absent or null."""
        return self.moment(name) if self.has(name) else None

    @property
    def untamed(self) -> object:
        """The JSON as it came, for what is kept or sent back whole."""
        return self._value

    def as_text(self) -> str:
        """This value, which must be a text."""
        if not isinstance(self._value, str):
            raise self.surprise()
        return self._value

    def as_shown(self) -> str:
        """This plain value as a person would write it; empty for null, a surprise for a list or an object."""
        if self._value is None:
            return ""
        if isinstance(self._value, dict | list):
            raise self.surprise()
        return str(self._value).lower() if isinstance(self._value, bool) else str(self._value)


def _six_digits(text: str) -> str:
    """Services write up to seven digits of a second; Python reads six."""
    head, dot, tail = text.partition(".")
    if not dot:
        return text
    digits = len(tail) - len(tail.lstrip("0123456789"))
    return f"{head}.{tail[:digits][:6].ljust(6, '0')}{tail[digits:]}"
