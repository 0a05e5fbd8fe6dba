"""Sign in and out, and who one is."""

from __future__ import annotations

import click

from liaison.cli import options
from liaison.cli.options import api, server
from liaison.cli.spoken import SpokenCommand
from liaison.cli.words import say


@click.command(cls=SpokenCommand, help=say("login.help"))
@click.option("--as", "as_", default="", metavar="UPN", help=say("login.as_"))
@click.option("--tenant-id", default="", metavar="ID", help=say("login.tenant_id"))
@click.option("--client-id", default="", metavar="ID", help=say("login.client_id"))
@click.option("--authority", default="", metavar="ADDRESS", help=say("login.authority"))
def login(as_: str, tenant_id: str, client_id: str, authority: str) -> None:
    from liaison.cli import sign_in
    from liaison.cli.places import tenant_of
    from liaison.cli.show import show_note
    from liaison.errors import InputInvalid, InputMissing

    tenant = tenant_of(server(), authority, tenant_id, client_id)
    if tenant is None:
        raise InputMissing("--tenant-id, --client-id")
    device = sign_in.start_device_code(tenant)
    if as_:
        from liaison.cli.device_pages import approve, is_loopback

        if not is_loopback(tenant.authority):
            raise InputInvalid("--as", as_, "local_tenant")
        approve(device.address, device.user_code, as_)
    else:
        show_note(say("login.open", address=device.address, code=device.user_code))
        show_note(say("login.waiting"))
    sign_in.keep(server(), sign_in.wait_for_token(tenant, device))
    me = api().get("/me")
    show_note(say("login.done", name=me["name"], upn=me["upn"], server=server()))


@click.command(cls=SpokenCommand, help=say("logout.help"))
def logout() -> None:
    from liaison.cli.show import show_note
    from liaison.cli.sign_in import forget

    forget(server())
    show_note(say("logout.done", server=server()))


@click.command(cls=SpokenCommand, help=say("whoami.help"))
@options.as_json
def whoami(*, as_json: bool) -> None:
    from liaison.cli.show import show_json, show_pairs

    me = api().get("/me")
    if as_json:
        show_json(me)
        return
    pairs = [
        (me["name"], me["upn"]),
        (say("whoami.administrator"), say("yes") if me["is_tenant_administrator"] else say("no")),
        (say("whoami.language"), me["language"]),
        (say("whoami.plans"), ", ".join(me["service_plans"])),
    ]
    show_pairs(pairs)


@click.command(cls=SpokenCommand, help=say("environments.help"))
@options.as_json
def environments(*, as_json: bool) -> None:
    from liaison.cli.show import show_columns, show_json

    document = api().get("/environments")
    if as_json:
        show_json(document)
        return
    titles = (say("environments.key"), say("environments.name"), say("environments.address"))
    show_columns(titles, [(one["key"], one["name"], one["address"]) for one in document["items"]])
