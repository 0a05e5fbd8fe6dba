"""Every setting of Liaison, read once from the environment (and an optional TOML file) into a frozen value.

The declared list is `SETTINGS`: name, type, default and help of each; documentation and tests read it. An environment
variable `LIAISON_<NAME>` wins over the file that `LIAISON_FILE` names, the file wins over the default.
"""

from __future__ import annotations

import ipaddress
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PREFIX = "LIAISON_"
FILE_VARIABLE = "LIAISON_FILE"
MEGABYTE = 1024 * 1024


class SettingInvalid(ValueError):
    """A setting is missing or has the wrong form. `form` names the right one, in words below `cli.run.form` in the
    texts; `detail` is what those words leave open."""

    def __init__(self, name: str, form: str, detail: str = "") -> None:
        super().__init__(f"{PREFIX}{name.upper()}: expected {form} {detail}".rstrip())
        self.name, self.form, self.detail = name, form, detail

    @property
    def variable(self) -> str:
        return f"{PREFIX}{self.name.upper()}"


@dataclass(frozen=True, repr=False)
class Secret:
    """A text that must never be shown: hidden in `repr`, `str` and formatting; ask `reveal` where it is used."""

    value: str = ""

    def reveal(self) -> str:
        return self.value

    def __bool__(self) -> bool:
        return bool(self.value)

    def __repr__(self) -> str:
        return "Secret(hidden)" if self.value else "Secret(empty)"

    __str__ = __repr__


@dataclass(frozen=True)
class EnvironmentSetting:
    """One Dataverse environment: its key in addresses, its name and its base address."""

    key: str
    name: str
    address: str


@dataclass(frozen=True)
class Setting:
    """One entry of the declared list. `default` is shown as text; a secret has none."""

    name: str
    type: str
    default: str
    help: str

    @property
    def variable(self) -> str:
        return f"{PREFIX}{self.name.upper()}"


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise SettingInvalid(name, "text")
    return value.strip()


def _short_text(name: str, value: Any) -> str:
    """At most 32 characters: what Teams takes as a developer's name."""
    text = _text(name, value)
    if not 0 < len(text) <= 32:
        raise SettingInvalid(name, "short_text")
    return text


def _secret(name: str, value: Any) -> Secret:
    return Secret(_text(name, value))


def _whole_number(name: str, value: Any) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise SettingInvalid(name, "whole_number") from None
    if isinstance(value, bool | float) or number < 0:
        raise SettingInvalid(name, "whole_number")
    return number


def _positive(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise SettingInvalid(name, "positive") from None
    if isinstance(value, bool) or not 0 < number < 1e9:
        raise SettingInvalid(name, "positive")
    return number


def _yes_or_no(name: str, value: Any) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if isinstance(value, bool):
        return value
    if str(value).strip().lower() not in words:
        raise SettingInvalid(name, "yes_or_no")
    return words[str(value).strip().lower()]


def _path(name: str, value: Any) -> Path:
    return Path(_text(name, value)).expanduser()


def _optional_path(name: str, value: Any) -> Path | None:
    return _path(name, value) if _text(name, value) else None


def _own_address(name: str, value: Any) -> str:
    address = _text(name, value).rstrip("/")
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise SettingInvalid(name, "address")
    return address


def _upstream_address(name: str, value: Any) -> str:
    """An address that tokens are sent to: https, unless it never leaves this machine."""
    address = _own_address(name, value)
    parts = urlsplit(address)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise SettingInvalid(name, "upstream_address")
    return address


def _optional_upstream_address(name: str, value: Any) -> str:
    return _upstream_address(name, value) if _text(name, value) else ""


def _optional_own_address(name: str, value: Any) -> str:
    return _own_address(name, value) if _text(name, value) else ""


def _addresses(name: str, value: Any) -> tuple[str, ...]:
    items = value.split() if isinstance(value, str) else value
    if not isinstance(items, list | tuple):
        raise SettingInvalid(name, "addresses")
    return tuple(_upstream_address(name, item) for item in items)


def _choice(*allowed: str) -> Callable[[str, Any], str]:
    def read(name: str, value: Any) -> str:
        if value not in allowed:
            raise SettingInvalid(name, "choice", ", ".join(allowed))
        return str(value)

    return read


_EXAMPLE = '[{"key": "sales", "name": "Contoso Sales", "address": "https://contoso.crm4.dynamics.com"}]'


def _environments(name: str, value: Any) -> tuple[EnvironmentSetting, ...]:
    if isinstance(value, str):
        try:
            value = json.loads(value or "[]")
        except ValueError:
            raise SettingInvalid(name, "environments", _EXAMPLE) from None
    if not isinstance(value, list | tuple):
        raise SettingInvalid(name, "environments", _EXAMPLE)
    found = tuple(_environment(name, item) for item in value)
    if len({place.key for place in found}) != len(found):
        raise SettingInvalid(name, "different_keys")
    return found


def _environment(name: str, item: Any) -> EnvironmentSetting:
    if isinstance(item, EnvironmentSetting):
        return item
    if not isinstance(item, dict) or set(item) != {"key", "name", "address"}:
        raise SettingInvalid(name, "environments", _EXAMPLE)
    key = _text(name, item["key"])
    if not key or not key.replace("-", "").replace("_", "").isalnum():
        raise SettingInvalid(name, "plain_keys")
    return EnvironmentSetting(key, _text(name, item["name"]), _upstream_address(name, item["address"]))


def is_loopback(host: str) -> bool:
    """Does this host name or address stay on this machine?"""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _about(read: Callable[[str, Any], Any], type_name: str, help_text: str) -> dict[str, Any]:
    return {"read": read, "type": type_name, "help": help_text}


@dataclass(frozen=True)
class Settings:
    """The settings as one value. Each field's meaning stands in its help."""

    public_address: str = field(
        default="http://localhost:8300",
        metadata=_about(_own_address, "address", "Liaison's own address as browsers and Teams see it."),
    )
    host: str = field(
        default="127.0.0.1", metadata=_about(_text, "text", "The network address the web server listens on.")
    )
    port: int = field(
        default=8300,
        metadata=_about(_whole_number, "number", "The port the web server listens on; 0 picks a free one."),
    )
    data_folder: Path = field(
        default=Path(".liaison"),
        metadata=_about(_path, "path", "Where Liaison keeps its database, keys and ready file."),
    )
    database_url: Secret = field(
        default=Secret(),
        metadata=_about(
            _secret, "secret", "postgresql+psycopg://… for PostgreSQL; empty for SQLite in the data folder."
        ),
    )
    key_file: Path | None = field(
        default=None,
        metadata=_about(
            _optional_path, "path", "File of the keys that seal tokens; empty for secret.key in the data folder."
        ),
    )
    tenant_id: str = field(default="", metadata=_about(_text, "text", "The id of the Microsoft tenant."))
    client_id: str = field(
        default="", metadata=_about(_text, "text", "The application (client) id of Liaison's app registration.")
    )
    client_secret: Secret = field(
        default=Secret(), metadata=_about(_secret, "secret", "The client secret of the app registration.")
    )
    login_base: str = field(
        default="https://login.microsoftonline.com",
        metadata=_about(_upstream_address, "address", "Where people sign in."),
    )
    login_aliases: tuple[str, ...] = field(
        default=(),
        metadata=_about(_addresses, "addresses", "Further addresses under which the same tenant issues tokens."),
    )
    graph_base: str = field(
        default="https://graph.microsoft.com/v1.0",
        metadata=_about(_upstream_address, "address", "The root of Microsoft Graph."),
    )
    graph_resource: str = field(
        default="https://graph.microsoft.com",
        metadata=_about(_own_address, "address", "What Graph's permissions are named after."),
    )
    environments: tuple[EnvironmentSetting, ...] = field(
        default=(),
        metadata=_about(
            _environments, "list", "The Dataverse environments: key, name and address of each (JSON in a variable)."
        ),
    )
    teams_address: str = field(
        default="https://teams.microsoft.com",
        metadata=_about(_upstream_address, "address", "Where Teams opens in a browser."),
    )
    teams_origins: tuple[str, ...] = field(
        default=(
            "https://teams.microsoft.com",
            "https://*.teams.microsoft.com",
            "https://*.cloud.microsoft",
            "https://*.microsoft365.com",
            "https://*.office.com",
            "https://*.skype.com",
        ),
        metadata=_about(_addresses, "addresses", "Who may show Liaison's Teams tab in a frame."),
    )
    teams_manifest_id: str = field(
        default="",
        metadata=_about(
            _text, "text", "The manifest id of Liaison's Teams app; empty for one that follows from the client id."
        ),
    )
    publisher_name: str = field(
        default="Liaison",
        metadata=_about(
            _short_text, "text", "Who runs this installation, as the Teams app and the solution name them."
        ),
    )
    privacy_address: str = field(
        default="",
        metadata=_about(
            _optional_own_address, "address", "Your privacy statement; empty for the page that Liaison serves."
        ),
    )
    terms_address: str = field(
        default="",
        metadata=_about(_optional_own_address, "address", "Your terms of use; empty for the page that Liaison serves."),
    )
    pane_origins: tuple[str, ...] = field(
        default=(),
        metadata=_about(
            _addresses, "addresses", "Who may show the side pane in a frame, beside the Dataverse environments."
        ),
    )
    ca_file: Path | None = field(
        default=None,
        metadata=_about(_optional_path, "path", "Certificates to trust beside the system's, as a PEM file."),
    )
    upload_limit_bytes: int = field(
        default=250 * MEGABYTE,
        metadata=_about(_whole_number, "number", "The largest file that a person may upload through Liaison."),
    )
    rate_share: float = field(
        default=1.0,
        metadata=_about(
            _positive, "number", "Part of the services' published rates to use; above 1 only with a local tenant."
        ),
    )
    worker: bool = field(
        default=True, metadata=_about(_yes_or_no, "true or false", "Run durable work inside `liaison serve`.")
    )
    heartbeat_s: float = field(
        default=1.0,
        metadata=_about(
            _positive, "seconds", "How often a worker says that it lives; three missed beats and others take over."
        ),
    )
    sweep_s: float = field(
        default=1.0, metadata=_about(_positive, "seconds", "How often a worker looks for work that nobody carries out.")
    )
    filing_s: float = field(
        default=2.0, metadata=_about(_positive, "seconds", "How often a worker looks for channel messages to file.")
    )
    follow_s: float = field(
        default=60.0,
        metadata=_about(_positive, "seconds", "How often a worker looks whether records of links have changed."),
    )
    keep_runs_days: int = field(
        default=7,
        metadata=_about(_whole_number, "number", "Days after which the engine's notes on finished work are deleted."),
    )
    keep_calls_days: int = field(
        default=90,
        metadata=_about(_whole_number, "number", "Days after which lines of the call ledger are deleted."),
    )
    log_format: str = field(
        default="console", metadata=_about(_choice("console", "json"), "console or json", "How log lines are written.")
    )
    log_level: str = field(
        default="info",
        metadata=_about(
            _choice("debug", "info", "warning", "error"), "level", "The least important log lines to write."
        ),
    )
    local_tenant: bool = field(
        default=False,
        metadata=_about(
            _yes_or_no, "true or false", "The tenant is the local one: every page says so. Set by the demo."
        ),
    )

    def __post_init__(self) -> None:
        if self.local_tenant and not is_loopback(urlsplit(self.login_base).hostname or ""):
            raise SettingInvalid("local_tenant", "not_local")
        if self.rate_share > 1 and not self.local_tenant:
            raise SettingInvalid("rate_share", "at_most_one")

    @property
    def secure_cookies(self) -> bool:
        return self.public_address.startswith("https://")

    @property
    def secrets_file(self) -> Path:
        return self.key_file or self.data_folder / "secret.key"

    @property
    def resolved_database_url(self) -> str:
        return self.database_url.reveal() or f"sqlite:///{(self.data_folder / 'liaison.sqlite').absolute()}"

    @property
    def resolved_engine_url(self) -> str:
        """The durable engine's own database: a file beside ours, or the same PostgreSQL in a schema of its own."""
        return self.database_url.reveal() or f"sqlite:///{(self.data_folder / 'engine.sqlite').absolute()}"


def _shown_default(declared: Field[Any]) -> str:
    value = declared.default
    if value is MISSING or value is None or isinstance(value, Secret):
        return ""
    if isinstance(value, tuple):
        return " ".join(str(item) for item in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


SETTINGS: tuple[Setting, ...] = tuple(
    Setting(declared.name, declared.metadata["type"], _shown_default(declared), declared.metadata["help"])
    for declared in fields(Settings)
)


def read_settings(variables: Mapping[str, str]) -> Settings:
    """The settings from the environment and the file it names. Raises SettingInvalid, naming the setting."""
    given = _read_file(variables[FILE_VARIABLE]) if variables.get(FILE_VARIABLE) else {}
    for setting in SETTINGS:
        if setting.variable in variables:
            given[setting.name] = variables[setting.variable]
    return make_settings(given)


def make_settings(given: Mapping[str, Any]) -> Settings:
    """The settings from raw values by name; each is checked as if it came from the environment."""
    readers = {declared.name: declared.metadata["read"] for declared in fields(Settings)}
    for name in given:
        if name not in readers:
            raise SettingInvalid(name, "known")
    return Settings(**{name: readers[name](name, value) for name, value in given.items()})


def _read_file(path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(path).expanduser().read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
        raise SettingInvalid("file", "file", str(cause)) from cause


def require_tenant(settings: Settings) -> None:
    """Refuse to serve without the settings that name the Microsoft tenant. Raises SettingInvalid for the first."""
    if not settings.tenant_id:
        raise SettingInvalid("tenant_id", "tenant_id")
    if not settings.client_id:
        raise SettingInvalid("client_id", "client_id")
    if not settings.client_secret:
        raise SettingInvalid("client_secret", "client_secret")
    if not settings.environments:
        raise SettingInvalid("environments", "an_environment")


LOCAL_RATE_SHARE = 4.0
"""The local tenant has no limits of its own unless they are switched on; then set LIAISON_RATE_SHARE=1."""

LOCAL_FOLLOW_S = 3.0
"""In the demonstration nobody wants to wait a minute to see a link follow its record."""

_LOCALLY_SET = (
    "rate_share",
    "heartbeat_s",
    "sweep_s",
    "filing_s",
    "follow_s",
    "keep_runs_days",
    "upload_limit_bytes",
    "pane_origins",
)


def local_settings(
    introduction: Mapping[str, Any], public_address: str, data_folder: Path, variables: Mapping[str, str] | None = None
) -> Settings:
    """The settings of the demonstration: the product against the local tenant that introduced itself so.

    Of the environment's variables only those count that say how to work, not where.
    """
    chosen = {name: (variables or {}).get(f"{PREFIX}{name.upper()}") for name in _LOCALLY_SET}
    tenant, delegated = introduction["tenant"], introduction["apps"]["delegated"]
    places = [
        {"key": place["key"], "name": place["name"], "address": place["http"]} for place in introduction["environments"]
    ]
    return make_settings(
        {
            "public_address": public_address,
            "port": urlsplit(public_address).port or 0,
            "data_folder": str(data_folder),
            "tenant_id": tenant["id"],
            "client_id": delegated["client_id"],
            "client_secret": delegated["client_secret"],
            "login_base": tenant["http"],
            "login_aliases": [place[scheme] for place in introduction["environments"] for scheme in ("http", "https")],
            "graph_base": f"{tenant['http']}/v1.0",
            "environments": places,
            "teams_address": f"{tenant['http']}/teams",
            "teams_origins": [tenant["http"], tenant["https"]],
            "teams_manifest_id": introduction.get("teams_manifest_id", ""),
            "ca_file": tenant["ca"],
            "local_tenant": True,
            "rate_share": LOCAL_RATE_SHARE,
            "follow_s": LOCAL_FOLLOW_S,
            **{name: value for name, value in chosen.items() if value},
        }
    )
