"""A person's browser without a browser: follows Entra's pages over HTTP, form by form."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx2

CALLBACK = "http://localhost:8300/auth/callback"
VERIFIER = "a-verifier-of-at-least-forty-three-characters-length"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@dataclass
class Form:
    """A form of a page; `buttons` are (name, value, words) of its submit buttons."""

    action: str = ""
    method: str = "get"
    values: dict[str, str] = field(default_factory=dict)
    boxes: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.title = ""
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._in_title = tag == "title"
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        if not self.forms:
            return
        if tag == "input" and given.get("type") == "checkbox":
            self.forms[-1].boxes[given["name"]] = given.get("value", "on")
        elif tag == "input" and "name" in given:
            self.forms[-1].values[given["name"]] = given.get("value", "")
        elif tag == "textarea":
            self.forms[-1].values[given["name"]] = ""
        elif tag == "button" and "name" in given:
            self.forms[-1].buttons.append((given["name"], given["value"]))

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data


@dataclass
class Page:
    """What the browser shows: a page, or (when `returned` is set) the application's own address."""

    status: int
    url: str
    text: str
    headers: httpx2.Headers

    @property
    def forms(self) -> list[Form]:
        return self._parsed().forms

    @property
    def title(self) -> str:
        return self._parsed().title

    @property
    def returned(self) -> dict[str, str]:
        """The parameters with which the browser came back to the application."""
        location = urlsplit(self.headers.get("location", ""))
        pairs = parse_qs(location.query or location.fragment, keep_blank_values=True)
        return {name: values[0] for name, values in pairs.items()}

    def _parsed(self) -> _Forms:
        parser = _Forms()
        parser.feed(self.text)
        return parser


class PersonsBrowser:
    """Keeps cookies; stops at the application's address instead of going there."""

    def __init__(self, base: str, **options: object) -> None:
        self.base = base
        self._client = httpx2.Client(base_url=base, follow_redirects=False, **options)  # type: ignore[arg-type]

    def __enter__(self) -> PersonsBrowser:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def open(self, address: str, **headers: str) -> Page:
        return self._page(self._client.get(address, headers=headers))

    def press(self, page: Page, name: str, value: str, *boxes: str) -> Page:
        """Press the button of this name and value, with some boxes ticked."""
        for form in page.forms:
            if (name, value) in form.buttons:
                ticked = {box: form.boxes[box] for box in boxes}
                return self.send(page, form, {**form.values, **ticked, name: value})
        raise LookupError(f"no button {name}={value} on {page.title!r}")

    def fill(self, page: Page, name: str, text: str) -> Page:
        """Type into a field and send its form."""
        for form in page.forms:
            if name in form.values:
                return self.send(page, form, {**form.values, name: text})
        raise LookupError(f"no field {name} on {page.title!r}")

    def send(self, page: Page, form: Form, values: dict[str, str]) -> Page:
        address = urljoin(page.url, form.action)
        if form.method == "post":
            return self._page(self._client.post(address, data=values))
        return self._page(self._client.get(address, params=values))

    def _page(self, response: httpx2.Response) -> Page:
        return Page(response.status_code, str(response.url), response.text, response.headers)


def authorize_address(tenant_id: str, client_id: str | None, scope: str | None, **more: str | None) -> str:
    """An authorize address as Liaison sends it; a None leaves a parameter out."""
    parameters = {
        "client_id": client_id,
        "response_type": "code",
        "redirect_uri": CALLBACK,
        "scope": scope,
        "state": "state-1",
        "nonce": "nonce-1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **more,
    }
    given = {name: value for name, value in parameters.items() if value is not None}
    return f"/{tenant_id}/oauth2/v2.0/authorize?{urlencode(given)}"
