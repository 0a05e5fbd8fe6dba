"""Records, views, switches and link rows, as the Dataverse Web API v9.2 speaks them. Source: dataverse.md."""
