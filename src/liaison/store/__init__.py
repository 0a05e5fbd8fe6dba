"""Our own rows, on SQLite or PostgreSQL: links, audit, sessions, sealed tokens, consents, workers.

Every method of every port is one whole transaction, carried out in one hop to a worker thread.
"""
