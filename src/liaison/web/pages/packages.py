"""`/packages`: the Teams app and the Dynamics 365 solution of this installation, to download and to publish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.consent import PUBLISHING
from liaison.domain.packages import Package, PackageForm
from liaison.errors import AddressNotHttps, ConsentNotGranted, LiaisonError, NotAllowed
from liaison.operations import packages as operations
from liaison.operations.packages import PublishOutcome, Shipments
from liaison.web import addresses, problems
from liaison.web.place import plain_shell
from liaison.web.shell import Crumb, Shell
from liaison.web.visit import Visit

ROOT = "/packages"
PUBLISH = "publish"
"""What a sign-in is asked for when the permission to publish is wanted too."""


@dataclass(frozen=True)
class ShownPackage:
    """A package with its download. `kind` names its words."""

    kind: str
    version: str
    sha256: str
    size_bytes: int
    download: str


@dataclass(frozen=True)
class PackagesPage:
    """`published` is the catalogue's version, empty when it has none or cannot be read; `allow` asks for permission."""

    template: ClassVar[str] = "packages.html"
    shell: Shell
    teams: ShownPackage
    dynamics: ShownPackage
    managed: str
    published: str
    is_published: bool
    is_local: bool
    outcome: str
    problem: problems.Problem | None
    allow: str


async def show(visit: Visit) -> Response:
    found = await operations.read_shipments(visit.person, visit.ports)
    known = {outcome.value for outcome in PublishOutcome}
    outcome = visit.asked("done") if visit.asked("done") in known else ""
    return visit.answer(_page(visit, found, outcome, None))


async def download_teams(visit: Visit) -> Response:
    """With `plain`, the package exactly as the settings page tells of it, whatever the catalogue has."""
    newer_than = "0.0.0" if visit.asked("plain") else ""
    return _file(await operations.build_teams_package(visit.person, visit.ports, newer_than))


async def download_dynamics(visit: Visit) -> Response:
    form = PackageForm.MANAGED if visit.asked("form") == PackageForm.MANAGED.value else PackageForm.UNMANAGED
    return _file(await operations.build_dynamics_package(visit.person, visit.ports, form))


async def publish(visit: Visit) -> Response:
    """The page again with what was done, or with why not and the way to the permission that is missing."""
    try:
        done = await operations.publish_teams_package(visit.person, visit.ports)
    except (ConsentNotGranted, NotAllowed) as error:
        found = await operations.read_shipments(visit.person, visit.ports)
        return visit.answer(_page(visit, found, "", error), error.status)
    return visit.go(addresses.address("packages", query={"done": done.outcome.value}))


def list_packages(visit: Visit) -> tuple[ShownPackage, ...]:
    """Both packages as they follow from the settings alone; none where the address is of no use to Microsoft."""
    shelf = visit.ports.packages
    try:
        return (
            _shown("teams", shelf.teams(), "teams.zip", {"plain": "1"}),
            _shown("dynamics", shelf.dynamics(PackageForm.UNMANAGED), "dynamics.zip", {}),
        )
    except AddressNotHttps:
        return ()


def _page(visit: Visit, found: Shipments, outcome: str, error: LiaisonError | None) -> PackagesPage:
    title = visit.say("web.packages.title")
    lacks_permission = isinstance(error, ConsentNotGranted) and error.scopes == PUBLISHING
    again = addresses.address("auth", "login", query={"next": ROOT, "for": PUBLISH})
    return PackagesPage(
        shell=plain_shell(visit, title, (Crumb(title),)),
        teams=_shown("teams", found.teams, "teams.zip", {}),
        dynamics=_shown("dynamics", found.dynamics, "dynamics.zip", {}),
        managed=addresses.address("packages", "dynamics.zip", query={"form": PackageForm.MANAGED.value}),
        published=found.published.version if found.published else "",
        is_published=found.is_published,
        is_local=not visit.ports.public_address.startswith("https://"),
        outcome=outcome,
        problem=problems.explain(error, visit) if error else None,
        allow=again if lacks_permission else "",
    )


def _shown(kind: str, package: Package, file: str, query: dict[str, str]) -> ShownPackage:
    where = addresses.address("packages", file, query=query)
    return ShownPackage(kind, package.version, package.sha256, len(package.content), where)


def _file(package: Package) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{package.file_name}"'}
    return Response(package.content, media_type="application/zip", headers=headers)
