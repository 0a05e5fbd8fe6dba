"""Requests that no client should send, over every face of the local tenant."""
