"""Notices out: a lane for each channel takes them from the outbox and tells them, at least once, within its limits."""
