"""Documents of the API about packages."""

from __future__ import annotations

from liaison.api.shapes import Shape
from liaison.operations.packages import PublishOutcome


class PackageShape(Shape):
    """A package as it would be downloaded now. `sha256` is of the whole file."""

    file_name: str
    version: str
    size_bytes: int
    sha256: str


class ShipmentsShape(Shape):
    teams: PackageShape
    dynamics: PackageShape
    published_version: str | None
    """The version in the organization’s catalogue; nothing when it has no such app, or the asker may not read it."""
    is_published: bool


class PublicationShape(Shape):
    """What publishing did. `app` is the app’s id in the catalogue, which is not the one in its manifest."""

    app: str
    outcome: PublishOutcome
    package: PackageShape
