"""Says in the log that something is away, without saying it with every attempt, and when it is back."""

import logging
import time

from domain.outage import ToldOutage


class Away:
    """One thing that a part needs and may have to wait for."""

    def __init__(self, logger: logging.Logger, event: str) -> None:
        """`event` is the warning; `no_longer_away` names it when it is over."""
        self._logger, self._outage = logger, ToldOutage(event)

    def says(self, why: BaseException) -> None:
        """It is away."""
        if line := self._outage.away(time.monotonic(), why):
            self._logger.warning(line.event, extra=line.extra)

    def over(self) -> None:
        """It is there."""
        if line := self._outage.back(time.monotonic()):
            self._logger.info(line.event, extra=line.extra)
