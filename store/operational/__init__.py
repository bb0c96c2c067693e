"""Operational data in SQL: register, lighting, quarantine, events, keys and audit."""

from store.operational.facade import OperationalStore

__all__ = ["OperationalStore"]
