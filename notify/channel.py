"""What a channel is to its lane: limits, and one call that never raises for what a vendor does."""

from dataclasses import dataclass, field
from typing import Final, Protocol

from domain.duty import ContactKind
from domain.notice import Message, Outcome


@dataclass(frozen=True, slots=True)
class Window:
    """At most `count` in any `seconds`."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What the vendor allows. A source in the docstring of each channel."""

    windows: tuple[Window, ...] = ()
    """Messages of the channel as a whole."""
    per_person: tuple[Window, ...] = ()
    """Messages to one person."""
    most_attempts: int | None = None
    """After so many tries it goes to the next person (voice); None = until the notice is too old."""
    digests: bool = True
    """Whether many notices can be one message. If not, each goes alone and at once."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a call. `code` is the vendor's; `detail` holds no secret; `wait` in seconds, when one is known."""

    outcome: Outcome
    code: str = ""
    detail: str = ""
    wait: float | None = None


SENT = Result(Outcome.SENT)
NO_ADDRESS: Final = "no_address"
PERSON_LIMIT: Final = "person_limit"
NOT_CONFIGURED: Final = "not_configured"
UNASKED: Final = frozenset({NO_ADDRESS, PERSON_LIMIT, NOT_CONFIGURED})
"""The codes of attempts for which the vendor was not asked: they say nothing of how the channel is."""


class Channel(Protocol):
    """One configured way to tell somebody something. `send` blocks, at most for its time-out."""

    @property
    def name(self) -> str:
        """Its name in the configuration."""
        ...

    @property
    def personal(self) -> ContactKind | None:
        """The kind of address it needs; None = it has a group and may only mention people."""
        ...

    @property
    def mentions(self) -> ContactKind | None:
        """The kind of address by which a group's message mentions somebody; None = it cannot."""
        ...

    @property
    def limits(self) -> Limits:
        """What the vendor allows."""
        ...

    def send(self, message: Message) -> Result:
        """Tell it. What the vendor says, and what the network does, is in the result."""
        ...

    def close(self) -> None:
        """Let go of connections; idempotent."""
        ...


@dataclass(frozen=True, slots=True)
class Named:
    """What every channel has: its name and limits; a channel for persons says which address it needs."""

    name: str
    personal: ContactKind | None = None
    mentions: ContactKind | None = None
    limits: Limits = field(default_factory=Limits)

    def close(self) -> None:
        """Nothing is held open."""
