"""The port `Packages`: both packages of one installation, refused where its address would be of no use to anybody."""

from __future__ import annotations

from liaison.domain.packages import Issuer, Package, PackageForm
from liaison.errors import AddressNotHttps
from liaison.ports import Wording
from liaison.shipping.dynamics import build_dynamics_package
from liaison.shipping.teams import build_teams_package


class PackageShelf:
    """Built when asked for; nothing is kept."""

    def __init__(self, issuer: Issuer, wording: Wording) -> None:
        self._issuer, self._wording = issuer, wording

    def teams(self, newer_than: str = "") -> Package:
        self._require_https()
        return build_teams_package(self._issuer, self._wording, newer_than)

    def dynamics(self, form: PackageForm, newer_than: str = "") -> Package:
        self._require_https()
        return build_dynamics_package(self._issuer, self._wording, form, newer_than)

    def _require_https(self) -> None:
        """The local tenant takes plain http on this machine, as no real one would."""
        if not self._issuer.address.startswith("https://") and not self._issuer.is_local:
            raise AddressNotHttps(self._issuer.address)
