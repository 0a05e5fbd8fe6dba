"""The API, assembled."""

from __future__ import annotations

from fastapi import FastAPI

from liaison.api.addresses import PREFIX
from liaison.api.asking import Door
from liaison.api.describe import describe_in, operation_id
from liaison.api.envelope import Envelope
from liaison.api.problems import add_handlers
from liaison.api.routes import (
    archiving,
    audit,
    browsing,
    catalogue,
    choosing,
    collaboration,
    connections,
    enabling,
    files,
    filing,
    following,
    joining,
    labelling,
    links,
    packages,
    people,
    records,
    sharing,
    tabs,
    teams,
    templates,
)
from liaison.ports import Ports
from liaison.text.lookup import Texts

VERSION = "1"
DESCRIPTION = """\
Links records of Dynamics 365 to channels of Microsoft Teams.

Send an access token of Microsoft Entra ID for this API with every request: what you ask is done on that person's
behalf, and Dynamics 365 and Teams check that person's own rights. Sentences come in English or French, by
`Accept-Language`. Every refusal is `application/problem+json` with code, cause, rows, next step, help and
correlation id. Lists give a mark in `next`; send it as `page` for what follows.
"""
TAGS = [
    {"name": "people", "description": "Who is asking, and the environments."},
    {"name": "records", "description": "Records and the channels they are tied to."},
    {"name": "files", "description": "A record's files in its channels and other places."},
    {"name": "teams", "description": "The asker's teams and their channels."},
    {"name": "choosing", "description": "Names, people and a preview, before a connection is made."},
    {"name": "joining", "description": "Requests to be let into a team, and proposals about its people."},
    {"name": "links", "description": "Connecting records to channels."},
    {"name": "collaboration", "description": "The switches of an environment, prerequisites and consent."},
    {"name": "enabling", "description": "Prerequisites, remedies, tables, reasons and the ledger of calls."},
    {"name": "filing", "description": "Channel messages filed to the timeline by a reaction."},
    {"name": "packages", "description": "The Teams app and the Dynamics 365 solution of this installation."},
    {"name": "tabs", "description": "What a tab in Teams shows."},
    {"name": "templates", "description": "Defaults for connecting, and what is made beside a channel."},
    {"name": "audit", "description": "Who did what."},
    {"name": "errors", "description": "Every kind of problem."},
]


def build_api(ports: Ports, texts: Texts) -> FastAPI:
    """The application to mount at /api/v1."""
    api = FastAPI(
        title="Liaison",
        version=VERSION,
        description=DESCRIPTION,
        openapi_tags=TAGS,
        servers=[{"url": PREFIX}],
        root_path_in_servers=False,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=operation_id,
        telemetry={"tracing": False, "metrics": False},
    )
    api.state.door = Door(ports, texts)
    api.add_middleware(Envelope)
    add_handlers(api)
    for topic in (
        people,
        browsing,
        records,
        sharing,
        files,
        teams,
        choosing,
        links,
        connections,
        archiving,
        joining,
        following,
        collaboration,
        enabling,
        labelling,
        filing,
        packages,
        tabs,
        templates,
        audit,
        catalogue,
    ):
        api.include_router(topic.router)
    describe_in(api)
    return api
