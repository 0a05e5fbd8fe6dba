"""Functions and actions: a table of names, and one module for each topic."""
