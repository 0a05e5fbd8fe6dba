"""The API door: HTTP in, one operation or port, JSON out."""
