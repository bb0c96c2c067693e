"""Shared by every test; what it offers lives in `tests/support`."""

from hypothesis import HealthCheck, Phase, settings

pytest_plugins = ["tests.support.fixtures"]

# A busy machine is no failure: tests do not assert how long something took.
settings.register_profile("quanyan", deadline=None)
settings.load_profile("quanyan")
# Of `make mutation`: the same few examples for every mutant, and no search for the smallest that fails.
settings.register_profile(
    "mutation",
    deadline=None,
    max_examples=10,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
