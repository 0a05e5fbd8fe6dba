"""The command line: a client of a running Liaison. A command imports only what it needs."""
