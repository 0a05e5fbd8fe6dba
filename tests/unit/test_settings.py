"""Settings: read once, checked, and hidden where they are secret."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from liaison.settings import (
    SETTINGS,
    EnvironmentSetting,
    Secret,
    SettingInvalid,
    Settings,
    is_loopback,
    local_settings,
    make_settings,
    read_settings,
    require_tenant,
)
from liaison.text.lookup import load_texts

PLACE = '[{"key": "sales", "name": "Contoso Sales", "address": "https://contoso.crm4.dynamics.com"}]'
INTRODUCTION = {
    "tenant": {"id": "t-1", "http": "http://localhost:8301", "https": "https://localhost:8302", "ca": "/x/ca.pem"},
    "apps": {"delegated": {"client_id": "c-1", "client_secret": "s-1"}},
    "environments": [
        {"key": "sales", "name": "Contoso Sales", "http": "http://localhost:8301", "https": "https://localhost:8302"}
    ],
    "people": [],
}


def test_nothing_given_gives_the_defaults() -> None:
    settings = read_settings({})
    assert settings == Settings()
    assert settings.resolved_database_url == f"sqlite:///{Path('.liaison/liaison.sqlite').absolute()}"
    assert settings.secrets_file == Path(".liaison/secret.key")


def test_every_setting_is_declared_with_type_default_and_help() -> None:
    assert [setting.name for setting in SETTINGS] == [declared.name for declared in fields(Settings)]
    assert all(setting.type and len(setting.help) > 10 for setting in SETTINGS)
    shown = {setting.variable: setting.default for setting in SETTINGS}
    assert shown["LIAISON_PORT"] == "8300"
    assert shown["LIAISON_WORKER"] == "true"
    assert shown["LIAISON_CLIENT_SECRET"] == ""


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    file = tmp_path / "liaison.toml"
    file.write_text(
        'port = 9000\nheartbeat_s = 2.5\ntenant_id = "from file"\n'
        '[[environments]]\nkey = "sales"\nname = "Contoso Sales"\naddress = "https://contoso.crm4.dynamics.com"\n'
    )
    settings = read_settings({"LIAISON_FILE": str(file), "LIAISON_TENANT_ID": "from environment", "OTHER": "x"})
    assert (settings.port, settings.heartbeat_s, settings.tenant_id) == (9000, 2.5, "from environment")
    assert settings.environments == (EnvironmentSetting("sales", "Contoso Sales", "https://contoso.crm4.dynamics.com"),)


def test_a_file_with_a_setting_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "liaison.toml"
    file.write_text("prot = 9000\n")
    with pytest.raises(SettingInvalid) as refused:
        read_settings({"LIAISON_FILE": str(file)})
    assert refused.value.name == "prot"


@pytest.mark.parametrize("content", ["port = ", "\x00"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "liaison.toml"
    file.write_text(content)
    for path in (file, tmp_path / "absent.toml"):
        with pytest.raises(SettingInvalid) as refused:
            read_settings({"LIAISON_FILE": str(path)})
        assert refused.value.name == "file"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "http"),
        ("port", "-1"),
        ("heartbeat_s", "0"),
        ("heartbeat_s", "nan"),
        ("worker", "maybe"),
        ("log_level", "loud"),
        ("public_address", "localhost:8300"),
        ("public_address", "https://user:word@liaison.example"),
        ("login_base", "http://login.example"),
        ("login_base", "http://localhost.example"),
        ("graph_base", "http://10.0.0.1/v1.0"),
        ("graph_base", "ftp://graph.example"),
        ("teams_origins", "https://teams.example http://elsewhere.example"),
        ("environments", "sales=https://x"),
        ("environments", '{"key": "sales"}'),
        ("environments", '[{"key": "sales", "name": "x"}]'),
        ("environments", '[{"key": "a b", "name": "x", "address": "https://x.example"}]'),
        ("environments", '[{"key": "a", "name": "x", "address": "http://x.example"}]'),
        ("environments", PLACE[:-1] + "," + PLACE[1:]),
        ("rate_share", "2"),
        ("local_tenant", "true"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(SettingInvalid) as refused:
        read_settings({f"LIAISON_{name.upper()}": value})
    assert refused.value.name == name
    assert load_texts("cli").has(f"cli.run.form.{refused.value.form}")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1", "contoso-sales.localhost"])
def test_plain_http_is_for_this_machine(host: str) -> None:
    address = f"http://[{host}]:8301" if ":" in host else f"http://{host}:8301"
    assert is_loopback(host)
    assert make_settings({"login_base": address}).login_base == address


@pytest.mark.parametrize("host", ["localhost.example.com", "10.0.0.1", "0.0.0.0", "::", "127.0.0.1.nip.io", ""])  # noqa: S104
def test_other_hosts_are_not_this_machine(host: str) -> None:
    assert not is_loopback(host)


def test_secrets_show_themselves_nowhere() -> None:
    settings = read_settings(
        {"LIAISON_CLIENT_SECRET": "canary-1", "LIAISON_DATABASE_URL": "postgresql+psycopg://a:canary-2@h/d"}
    )
    assert settings.client_secret.reveal() == "canary-1"
    assert settings.resolved_engine_url.endswith("canary-2@h/d")
    assert "canary" not in f"{settings!r} {settings} {settings.client_secret} {Secret('canary')!r}"


def test_serving_needs_a_tenant_and_says_what_is_missing() -> None:
    given: dict[str, str] = {}
    for name, value in {"tenant_id": "t", "client_id": "c", "client_secret": "s", "environments": PLACE}.items():
        with pytest.raises(SettingInvalid) as refused:
            require_tenant(make_settings(given))
        assert refused.value.name == name
        given[name] = value
    require_tenant(make_settings(given))


def test_the_demos_settings_come_from_what_the_tenant_says_of_itself() -> None:
    settings = local_settings(INTRODUCTION, "http://localhost:8300", Path("/x"))
    assert (settings.tenant_id, settings.client_id, settings.client_secret.reveal()) == ("t-1", "c-1", "s-1")
    assert (settings.login_base, settings.graph_base) == ("http://localhost:8301", "http://localhost:8301/v1.0")
    assert settings.environments == (EnvironmentSetting("sales", "Contoso Sales", "http://localhost:8301"),)
    assert settings.login_aliases == ("http://localhost:8301", "https://localhost:8302")
    assert settings.teams_origins == ("http://localhost:8301", "https://localhost:8302")
    assert (settings.local_tenant, settings.secure_cookies, settings.graph_resource) == (
        True,
        False,
        "https://graph.microsoft.com",
    )
    require_tenant(settings)


def test_the_demo_takes_from_the_environment_how_to_work_and_not_where() -> None:
    variables = {"LIAISON_RATE_SHARE": "1", "LIAISON_LOGIN_BASE": "https://login.microsoftonline.com"}
    settings = local_settings(INTRODUCTION, "http://localhost:8300", Path("/x"), variables)
    assert (settings.rate_share, settings.login_base) == (1.0, "http://localhost:8301")
