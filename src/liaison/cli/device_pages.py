"""The local tenant's sign-in pages, walked without a browser: enter the code, choose the person, continue.

Only for a tenant on this machine's loopback addresses, where nobody has a password.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from liaison.cli.http import Answer, send, send_form
from liaison.errors import SignInRefused

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_MOST_PAGES = 12
_AGREEING = ("continue", "accept", "approve")


@dataclass
class Form:
    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: list[tuple[str, str]] = field(default_factory=list)
    """Names and values of the submit buttons."""


@dataclass(frozen=True)
class Filled:
    """A form as it is sent; `question` says what it asked."""

    question: str
    action: str
    fields: dict[str, str]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("method", "get").lower(), given.get("action", ""))
            self.forms.append(self._open)
        elif self._open is not None and given.get("name"):
            if tag == "button":
                self._open.choices.append((given["name"], given.get("value", "")))
            elif tag == "input" and given.get("type") != "checkbox":
                self._open.fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


def is_loopback(address: str) -> bool:
    return urlsplit(address).hostname in LOOPBACK


def approve(address: str, user_code: str, upn: str) -> None:
    """Walk from the page for the code to the last page. Raises SignInRefused when a page offers no way on."""
    cookies: dict[str, str] = {}
    sent: set[str] = set()
    here, answer = _go(address, cookies)
    while forms := read_forms(answer.body.decode("utf-8", "replace")):
        filled = _fill(forms, user_code, upn)
        if filled is None or filled.question in sent:  # the same question again: the answer was not good
            raise SignInRefused("device_page", here)
        sent.add(filled.question)
        here, answer = _go(urljoin(here, filled.action), cookies, filled.fields)
    if answer.status >= 400:
        raise SignInRefused("device_page", str(answer.status))


def read_forms(page: str) -> list[Form]:
    """The forms of a page that send something."""
    parser = _Forms()
    parser.feed(page)
    return [form for form in parser.forms if form.method == "post"]


def _fill(forms: list[Form], user_code: str, upn: str) -> Filled | None:
    for form in forms:
        if "otc" in form.fields:
            return Filled("otc", form.action, {**form.fields, "otc": user_code})
        if "loginfmt" in form.fields:
            return Filled("loginfmt", form.action, {**form.fields, "loginfmt": upn})
        for name, value in form.choices:
            if value in _AGREEING:
                return Filled(f"{form.action} {value}", form.action, {**form.fields, name: value})
    return None


def _go(address: str, cookies: dict[str, str], form: dict[str, str] | None = None) -> tuple[str, Answer]:
    """The page at the end of the redirects, with the cookies that were set on the way."""
    for _ in range(_MOST_PAGES):
        if not is_loopback(address):
            raise SignInRefused("device_page", address)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()), "Accept-Language": "en"}
        answer = send_form(address, form, headers) if form is not None else send("GET", address, headers)
        _remember(cookies, answer)
        if answer.status not in {301, 302, 303, 307}:
            return address, answer
        address, form = urljoin(address, answer.headers["location"]), None
    raise SignInRefused("device_page", address)


def _remember(cookies: dict[str, str], answer: Answer) -> None:
    for line in answer.cookies:
        name, _, value = line.partition(";")[0].partition("=")
        cookies[name.strip()] = value.strip()
