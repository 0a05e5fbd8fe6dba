"""Killing the worker at every call it makes, and counting what exists afterwards."""
