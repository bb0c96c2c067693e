"""Alerts: conditions judged in event time, a life cycle that survives a restart, and what keeps the noise down."""
