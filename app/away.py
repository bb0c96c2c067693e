"""Says in the log that something is away, without saying it with every attempt, and when it is back."""

import logging
import time

from domain.outage import Outage


class Away:
    """One thing that a part needs and may have to wait for."""

    def __init__(self, logger: logging.Logger, event: str) -> None:
        """`event` is the warning; `no_longer_away` names it when it is over."""
        self._logger, self._event, self._outage = logger, event, Outage()

    def says(self, why: BaseException) -> None:
        """It is away."""
        if self._outage.away(time.monotonic()):
            self._logger.warning(self._event, extra={"reason": str(why)})

    def over(self) -> None:
        """It is there."""
        if (seconds := self._outage.back(time.monotonic())) is not None:
            self._logger.info("no_longer_away", extra={"was": self._event, "after_s": round(seconds, 1)})
