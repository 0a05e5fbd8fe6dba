"""The definitions of tables as clients read them: EntityDefinitions, $metadata, the service document."""
