"""HTTP manners: deadlines, retries, pacing, request ids, host rules, redaction. No service's words."""
