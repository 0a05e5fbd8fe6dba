"""The Teams app and the Dynamics 365 solution of this installation, for administrators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from liaison.api.asking import Asker
from liaison.api.package_shapes import PackageShape, PublicationShape, ShipmentsShape
from liaison.api.routes.inputs import problems
from liaison.domain.packages import Package, PackageForm
from liaison.operations import packages as operations

router = APIRouter(tags=["packages"])

_VERSION = r"^(\d{1,9}\.){2,3}\d{1,9}$|^$"
NewerThan = Annotated[
    str, Query(pattern=_VERSION, description="The version that is installed; the package’s will be above it.")
]
_ZIP = {
    "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    "description": "The package. The same settings give the same bytes.",
}


@router.get("/packages", summary="Both packages with version and hash", responses=problems(403, 409))
async def shipments(asking: Asker) -> ShipmentsShape:
    """What would be downloaded now, and which version of the Teams app the organization’s catalogue has."""
    found = await operations.read_shipments(asking.person, asking.ports)
    return ShipmentsShape(
        teams=_shape(found.teams),
        dynamics=_shape(found.dynamics),
        published_version=found.published.version if found.published else None,
        is_published=found.is_published,
    )


@router.get(
    "/packages/teams",
    summary="Download the Teams app",
    response_class=Response,
    responses={**problems(403, 409), 200: _ZIP},
)
async def teams(asking: Asker, newer_than: NewerThan = "") -> Response:
    """A zip file to upload in the Teams admin centre. Its version is above the one that the catalogue has."""
    return _file(await operations.build_teams_package(asking.person, asking.ports, newer_than))


@router.post("/packages/teams/publish", summary="Publish the Teams app", responses=problems(403, 409, 502))
async def publish(asking: Asker) -> PublicationShape:
    """Puts the app into the organization’s catalogue as the asker, or its newer version; the same is left alone."""
    done = await operations.publish_teams_package(asking.person, asking.ports)
    return PublicationShape(app=done.app.id, outcome=done.outcome, package=_shape(done.package))


@router.get(
    "/packages/dynamics",
    summary="Download the Dynamics 365 solution",
    response_class=Response,
    responses={**problems(403, 409), 200: _ZIP},
)
async def dynamics(
    asking: Asker,
    form: Annotated[PackageForm, Query(description="Managed, where its parts shall not be changed.")] = (
        PackageForm.UNMANAGED
    ),
    newer_than: NewerThan = "",
) -> Response:
    """A zip file to import in the maker portal or by API."""
    return _file(await operations.build_dynamics_package(asking.person, asking.ports, form, newer_than))


def _shape(package: Package) -> PackageShape:
    return PackageShape(
        file_name=package.file_name,
        version=package.version,
        size_bytes=len(package.content),
        sha256=package.sha256,
    )


def _file(package: Package) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{package.file_name}"',
        "ETag": f'"{package.sha256}"',
        "X-Package-Version": package.version,
    }
    return Response(package.content, media_type="application/zip", headers=headers)
