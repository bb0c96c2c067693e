"""Shared by every test; what it offers lives in `tests/support`."""

from hypothesis import settings

pytest_plugins = ["tests.support.fixtures"]

# A busy machine is no failure: tests do not assert how long something took.
settings.register_profile("quanyan", deadline=None)
settings.load_profile("quanyan")
