"""A city clock that stands still until it is told otherwise."""

from datetime import datetime, timedelta


class SetClock:
    """Shows `at`; a test moves it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def pass_(self, span: timedelta) -> datetime:
        """Let time pass and return the new instant."""
        self.at += span
        return self.at
