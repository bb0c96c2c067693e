"""Shared by every test; what it offers lives in `tests/support`."""

pytest_plugins = ["tests.support.fixtures"]
