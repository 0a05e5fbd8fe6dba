"""The tenant's Microsoft Graph: teams, channels, files, people and consent, as v1.0 answers for them."""

from liaison.tenant.graph.tables import prepare

__all__ = ["prepare"]
