"""What the web door counts for `/metrics`."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

REQUESTS = Counter("liaison_web_requests", "Requests answered by the web door.", ["method", "route", "status"])
SECONDS = Histogram(
    "liaison_web_request_seconds",
    "Seconds until the first byte of an answer.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)

NOTIFICATIONS = Counter("liaison_notifications", "Items of notifications of Microsoft Graph.", ["outcome"])
