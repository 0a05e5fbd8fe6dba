"""Rows of a table: reading, creating, changing, deleting, joining."""
