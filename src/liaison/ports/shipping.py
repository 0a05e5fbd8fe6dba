"""What Liaison needs of the world to ship its Teams app and its Dynamics 365 solution."""

from __future__ import annotations

from typing import Protocol

from liaison.domain.packages import Package, PackageForm, PublishedApp


class AppCatalogue(Protocol):
    """The organization's catalogue of Teams apps as one person sees it."""

    async def find_app(self) -> PublishedApp | None:
        """Our own app; None when the catalogue does not have it."""
        ...

    async def publish_app(self, package: Package) -> PublishedApp:
        """Put our app into the catalogue. Raises ConsentNotGranted, RoleMissing."""
        ...

    async def update_app(self, app: PublishedApp, package: Package) -> PublishedApp:
        """Replace our app by a higher version. Raises ConsentNotGranted, RoleMissing."""
        ...


class Packages(Protocol):
    """What is shipped for this installation: the same settings give the same bytes."""

    def teams(self, newer_than: str = "") -> Package:
        """The Teams app, under a version above `newer_than`. Raises AddressNotHttps."""
        ...

    def dynamics(self, form: PackageForm, newer_than: str = "") -> Package:
        """The solution for Dynamics 365. Raises AddressNotHttps."""
        ...
