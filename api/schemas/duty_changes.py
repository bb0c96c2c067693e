"""What is sent to change the roster, and the duty log."""

from typing import Annotated, Any, Self

from pydantic import Field

from api.schemas.common import Answer, Body, Ident, Instant, LongText, Text
from api.schemas.duty import SlotShape
from domain.duty import DutyRole, Handover, SwapState


class OverrideBody(Body):
    """`person` stands in for `replaces`; null `person` = nobody, null `replaces` = for everybody in the role."""

    role: DutyRole
    start: Instant
    end: Instant
    person: Ident | None = None
    replaces: Ident | None = None
    reason: LongText


class SwapBody(Body):
    """A wish to swap."""

    giver: Ident
    gives: SlotShape
    taker: Ident
    returns: SlotShape | None = None
    reason: LongText


class DecisionBody(Body):
    """A leader's decision; a withdrawal is the giver's."""

    state: Annotated[SwapState, Field(json_schema_extra={"enum": ["approved", "refused", "withdrawn"]})]
    by: Ident


class HandoverBody(Body):
    """A hand-over: what was done, what is undone, the log of the shift."""

    giver: Ident
    taker: Ident
    done: Annotated[list[Text], Field(max_length=200)] = Field(default_factory=list)
    undone: Annotated[list[Text], Field(max_length=200)] = Field(default_factory=list)
    log: Annotated[str, Field(max_length=4000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")] = ""


class HandoverOut(Answer):
    """A hand-over as it is in the log."""

    id: str
    at: Instant
    giver: str
    taker: str
    done: list[str]
    undone: list[str]
    log: str
    on_duty: dict[str, list[str]]
    author: str

    @classmethod
    def of(cls, h: Handover) -> Self:
        """Return it."""
        return cls(
            id=h.id,
            at=h.at,
            giver=h.giver,
            taker=h.taker,
            done=list(h.done),
            undone=list(h.undone),
            log=h.log,
            on_duty={role.value: list(people) for role, people in h.on_duty.items()},
            author=h.author,
        )


class HandoverList(Answer):
    """The duty log, newest first."""

    items: list[HandoverOut]


class ImportBody(Body):
    """Tables of a roster; the columns of the files, a list where a cell has parts. What is left out stays."""

    people: list[dict[str, Any]] | None = None
    shifts: list[dict[str, Any]] | None = None
    rotations: list[dict[str, Any]] | None = None
    table: list[dict[str, Any]] | None = None
