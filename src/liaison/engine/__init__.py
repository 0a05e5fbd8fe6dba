"""Durable work, behind `ports.Steps`: runs that survive the end of their process, over DBOS.

Steps are carried out at least once; that an effect exists only once is the effect's own affair. DBOS is imported by
`launch` alone, when a worker starts.
"""
