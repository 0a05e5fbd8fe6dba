"""Hand out the Teams app and the Dynamics 365 solution, and publish the app in the organization's catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from liaison.domain.consent import PUBLISHING
from liaison.domain.names import Person
from liaison.domain.packages import Package, PackageForm, PublishedApp
from liaison.errors import ConsentMissing, NotAllowed, Upstream
from liaison.operations.read_audit import require_administrator
from liaison.ports import Ports


class PublishOutcome(StrEnum):
    PUBLISHED = "published"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Publication:
    """The app as the catalogue has it now, and what was done about it."""

    app: PublishedApp
    package: Package
    outcome: PublishOutcome


@dataclass(frozen=True)
class Shipments:
    """Both packages of this installation; `published` is None when the catalogue has no app or cannot be read."""

    teams: Package
    dynamics: Package
    published: PublishedApp | None

    @property
    def is_published(self) -> bool:
        """Is what would be published now what the catalogue has?"""
        return self.published is not None and self.published.version == self.teams.version


async def read_shipments(by: Person, ports: Ports) -> Shipments:
    """Raises RoleMissing unless the person administers an environment or the tenant; AddressNotHttps."""
    await require_administrator(by, ports)
    published = await _find_published(by, ports)
    return Shipments(_next_package(published, ports), ports.packages.dynamics(PackageForm.UNMANAGED), published)


async def build_teams_package(by: Person, ports: Ports, newer_than: str = "") -> Package:
    """Above `newer_than`, or above what the catalogue has where it can be read. Raises as `read_shipments`."""
    await require_administrator(by, ports)
    if newer_than:
        return ports.packages.teams(newer_than)
    return _next_package(await _find_published(by, ports), ports)


async def build_dynamics_package(by: Person, ports: Ports, form: PackageForm, newer_than: str = "") -> Package:
    """Raises as `read_shipments`."""
    await require_administrator(by, ports)
    return ports.packages.dynamics(form, newer_than)


async def publish_teams_package(by: Person, ports: Ports) -> Publication:
    """Put the app into the organization's catalogue, or its newer version; the same content is left alone.

    Raises ConsentNotGranted, RoleMissing, AddressNotHttps.
    """
    package_before = ports.packages.teams()  # refused early where nothing could be published
    if not set(PUBLISHING) <= await ports.sign_in.carried_scopes(by):
        await ports.sign_in.probe_scopes(by)  # the permission may have been given since the token at hand was
    catalogue = ports.app_catalogue(by)
    found = await catalogue.find_app()
    if found is None:
        app = await catalogue.publish_app(package_before)
        publication = Publication(app, package_before, PublishOutcome.PUBLISHED)
    else:
        package = ports.packages.teams(found.version)
        if package.version == found.version:
            return Publication(found, package, PublishOutcome.UNCHANGED)
        publication = Publication(await catalogue.update_app(found, package), package, PublishOutcome.UPDATED)
    detail = f"{publication.package.version} {publication.package.sha256}"
    await ports.audit.write(by, f"package.{publication.outcome.value}", publication.app.id, detail)
    return publication


def _next_package(published: PublishedApp | None, ports: Ports) -> Package:
    return ports.packages.teams(published.version if published else "")


async def _find_published(by: Person, ports: Ports) -> PublishedApp | None:
    """For whoever may not read the catalogue the package is made all the same."""
    try:
        return await ports.app_catalogue(by).find_app()
    except (ConsentMissing, NotAllowed, Upstream):
        return None
