"""Teams, channels, tabs, files and people, as Microsoft Graph v1.0 speaks them. Source: graph.md."""
