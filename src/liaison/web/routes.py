"""The table of addresses: every page and every form, and who answers it."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute

from liaison.web import addresses
from liaison.web.gate import Gate
from liaison.web.pages import (
    app,
    archive,
    audit,
    calls,
    choose_taste,
    collaborate,
    connect,
    connect_members,
    connect_names,
    consent,
    disconnect,
    documents,
    files,
    filing,
    health,
    help_topics,
    home,
    link,
    links,
    packages,
    pane,
    patterns,
    power_apps,
    progress,
    proposals,
    record,
    remedy,
    requests,
    search,
    settings,
    settings_labeller,
    sign_in,
    tables,
    teams,
    template_edit,
    templates,
    timeline,
    view,
    why,
)
from liaison.web.visit import Door, Visit

_APP = "/e/{environment}/a/{app}"
_RECORD = _APP + "/t/{table}/r/{id}"
_VIEW = _APP + "/t/{table}/v/{kind}/{view}"
_SETTINGS = _APP + "/settings/chat-and-collaborate"
_POWER_APPS = power_apps.ROOT + "/{environment}"
_POWER_APPS_SETTINGS = _POWER_APPS + "/settings/teams-integration"
_MULTIPART_EXTRA_BYTES = 1024 * 1024


def routes(door: Door) -> list[BaseRoute]:
    gate = Gate(door)
    read, write = gate.read, gate.write
    upload_limit = door.ports.upload_limit_bytes + _MULTIPART_EXTRA_BYTES
    table: list[BaseRoute] = [
        read("/", home.show),
        read("/auth/login", sign_in.start),
        read("/auth/callback", sign_in.finish),
        write("/auth/logout", sign_in.sign_out),
        read("/auth/signed-out", sign_in.show_signed_out),
        read("/auth/consent", consent.start),
        read("/auth/consent-callback", consent.finish),
        gate.write_unsigned("/taste", choose_taste.save),
        read("/pane", pane.show),
        read("/pane/sign-in", pane.show_window),
        write("/pane/sign-in", pane.let_in),
        gate.write_unsigned("/pane/session", pane.claim),
        read(_APP, app.open_app),
        read(_APP + "/search", search.show),
        read(_SETTINGS, settings.show),
        write(_SETTINGS, settings.save),
        *_below_settings(gate, _SETTINGS),
        read(_APP + "/t/{table}", view.show),
        read(_RECORD, show_record),
        read(_RECORD + "/why", why.show),
        *_collaborating(gate, _RECORD + "/collaborate"),
        *_collaborating(gate, _VIEW + "/collaborate"),
        read("/files/{drive}/{item}", files.download),
        write("/files/{drive}/{item}", files.receive, limit_bytes=upload_limit),
        read(power_apps.ROOT, power_apps.show_all),
        read(_POWER_APPS, power_apps.show_one),
        read(_POWER_APPS + "/settings", power_apps.show_settings),
        read(_POWER_APPS_SETTINGS, settings.show),
        write(_POWER_APPS_SETTINGS, settings.save),
        *_below_settings(gate, _POWER_APPS_SETTINGS),
        write(addresses.LABELLER_AGREE, settings_labeller.agree),
        write(addresses.LABELLER_STOP, settings_labeller.stop),
        read("/links", links.show),
        read("/links/{link}", link.show),
        read("/links/{link}/events", progress.stream),
        write("/links/{link}/try-again", disconnect.go_on),
        write("/links/{link}/undo", disconnect.take_back),
        write("/links/{link}/archive", archive.archive_channel),
        write("/links/{link}/restore", archive.restore_channel),
        write("/links/{link}/filing/retry", filing.retry),
        read(addresses.REQUESTS_COUNT, requests.count),
        write("/requests/{request}", requests.answer),
        write("/proposals/{proposal}", proposals.answer),
        read("/l/{entity}", link.lead_to_record),
        read("/e/{environment}/records/{table}/{id}", record.find),
        read("/audit", audit.show),
        read("/calls", calls.show),
        read("/calls/calls.csv", calls.export),
        read("/packages", packages.show),
        read("/packages/teams.zip", packages.download_teams),
        read("/packages/dynamics.zip", packages.download_dynamics),
        write("/packages/teams/publish", packages.publish),
        read("/help", help_topics.show_all),
        read("/help/{topic}", help_topics.show_topic),
        read("/teams/tab/{entity}", teams.show_tab),
        read("/teams/config", teams.show_config),
        read("/teams/home", teams.show_home),
        read("/teams/remove", teams.show_remove),
        read("/teams/consent/start", teams.start_consent),
        read("/teams/consent/end", teams.end_consent),
        read("/health", health.show),
        read("/metrics", health.measure),
    ]
    if door.options.tenant_banner:
        table.append(read("/patterns", patterns.show))
    return table


def _collaborating(gate: Gate, root: str) -> tuple[BaseRoute, ...]:
    """The same pages for records and for views."""
    return (
        gate.read(root, collaborate.show),
        gate.read(root + "/new", connect.show),
        gate.write(root + "/new", connect.finish),
        gate.read(root + "/name", connect_names.check_channel),
        gate.read(root + "/team-name", connect_names.check_team),
        gate.read(root + "/people", connect_members.find_people),
        gate.write(root + "/join", collaborate.join),
        gate.write(root + "/complete", collaborate.complete),
        gate.read(root + "/disconnect", disconnect.ask),
        gate.write(root + "/disconnect", disconnect.carry_out),
        gate.read(root + "/links/{link}", progress.show),
    )


def _below_settings(gate: Gate, root: str) -> tuple[BaseRoute, ...]:
    """The same pages on both paths to the settings."""
    return (
        gate.read(root + "/remedy", remedy.show),
        gate.write(root + "/remedy", remedy.apply),
        gate.read(root + "/remedy/rows.json", remedy.export),
        gate.write(root + "/remedy/{mending}/undo", remedy.undo),
        gate.read(root + "/tables", tables.show),
        gate.write(root + "/tables", tables.save),
        gate.read(root + "/templates", templates.show),
        gate.read(root + "/templates/{template}", template_edit.show),
        gate.write(root + "/templates/{template}", template_edit.save),
        gate.write(root + "/templates/{template}/names", template_edit.preview),
        gate.read(root + "/templates/{template}/delete", templates.ask),
        gate.write(root + "/templates/{template}/delete", templates.delete),
    )


async def show_record(visit: Visit) -> Response:
    """A record's tab is part of its query, so that each tab is a link."""
    if visit.asked("tab") == record.DOCUMENTS:
        return await documents.show(visit)
    if visit.asked("tab") == record.TIMELINE:
        return await timeline.show(visit)
    return await record.show_summary(visit)
