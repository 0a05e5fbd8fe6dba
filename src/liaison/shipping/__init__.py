"""What Liaison ships: the package of its Teams app and the solution for Dynamics 365, as bytes."""
