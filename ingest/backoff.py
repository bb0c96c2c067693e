"""How long to wait before trying again: exponential with full jitter, so that many do not come back together."""

import random
from dataclasses import dataclass, field

_DRAW = random.SystemRandom()


@dataclass(slots=True)
class Backoff:
    """Seconds of the wall. Full jitter: each wait is drawn from zero to a bound that doubles up to `longest`."""

    first: float = 0.5
    longest: float = 30.0
    _bound: float = field(default=0.0, init=False)

    def next(self) -> float:
        """Return the next wait."""
        self._bound = min(self.longest, self._bound * 2 or self.first)
        return _DRAW.uniform(0, self._bound)

    def reset(self) -> None:
        """Begin anew: it worked."""
        self._bound = 0.0
