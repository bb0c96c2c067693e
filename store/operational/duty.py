"""The duty roster in SQL: every version with its recorded time, overrides, swaps, and the log of hand-overs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, insert, or_, select, update

from domain.duty import DutyOverride, Handover, Roster, Swap, SwapState
from domain.errors import Conflict, NotFound
from store.operational.audit import Action, write_audit
from store.operational.counters import Counter, Turn, begin, current, next_turn
from store.operational.duty_json import from_json, to_json
from store.operational.duty_rows import handover_of, handover_row, override_of, override_row, swap_of, swap_row
from store.operational.engine import Database
from store.operational.schema_duty import duty_handover, duty_override, duty_roster, duty_swap


class SqlDutyStore:
    """Implements `domain.ports.DutyStore`."""

    def __init__(self, database: Database) -> None:
        """Keep the roster in `database`."""
        self._database = database

    def load(self, known_at: datetime | None = None) -> Roster:
        """Return the roster as believed now, or as it was believed at `known_at`. Empty when none was recorded."""
        with self._database.read() as connection:
            return _load(connection, known_at)

    def version(self) -> int:
        """Return the version of the roster; grows with every recorded change."""
        with self._database.read() as connection:
            return current(connection, Counter.DUTY)

    def put(self, roster: Roster, author: str, now: datetime, based_on: int | None = None) -> Roster:
        """Record people, shifts, rotations and table, in place of those believed so far; overrides and swaps stay.

        Raises:
            Conflict: `based_on` is given and somebody recorded another version meanwhile.
        """
        with self._database.write() as connection:
            turn = _turn(connection, now)
            if based_on is not None and based_on != turn.version - 1:
                raise Conflict("the roster was changed meanwhile: read it again, then decide")
            believed = duty_roster.c.recorded_to.is_(None)
            connection.execute(update(duty_roster).where(believed).values(recorded_to=turn.at))
            row = {"id": turn.version, "document": to_json(roster), "recorded_at": turn.at, "author": author}
            connection.execute(insert(duty_roster).values(row))
            counts = {"people": len(roster.people), "shifts": len(roster.shifts), "rotations": len(roster.rotations)}
            detail = {"version": turn.version, **counts, "table": len(roster.table)}
            write_audit(connection, turn.at, author, Action.ROSTER_PUT, detail)
            return _load(connection, None)

    def add_override(self, override: DutyOverride) -> Roster:
        """Record an override. Raises `Conflict` when its id is taken or it ends before it starts."""
        if override.end <= override.start:
            raise Conflict(f"override {override.id} ends ({override.end}) before it starts ({override.start})")
        with self._database.write() as connection:
            turn = _turn(connection, override.recorded_at)
            connection.execute(insert(duty_override).values(override_row(replace(override, recorded_at=turn.at))))
            detail = {
                "version": turn.version,
                "override": override.id,
                "role": override.role.value,
                "person": override.person,
                "replaces": override.replaces,
                "start": override.start.isoformat(),
                "end": override.end.isoformat(),
            }
            write_audit(connection, turn.at, override.author, Action.DUTY_OVERRIDE_ADDED, detail)
            return _load(connection, None)

    def withdraw_override(self, override_id: str, author: str, now: datetime) -> Roster:
        """Mark an override as no longer believed. Raises `NotFound`, also if it was withdrawn before."""
        with self._database.write() as connection:
            turn = _turn(connection, now)
            believed = and_(duty_override.c.override_id == override_id, duty_override.c.recorded_to.is_(None))
            if not connection.execute(update(duty_override).where(believed).values(recorded_to=turn.at)).rowcount:
                raise NotFound(f"no override {override_id} is in force")
            detail = {"version": turn.version, "override": override_id}
            write_audit(connection, turn.at, author, Action.DUTY_OVERRIDE_WITHDRAWN, detail)
            return _load(connection, None)

    def request_swap(self, swap: Swap) -> Roster:
        """Record a wish to swap; it counts once it is approved. Raises `Conflict` when its id is taken."""
        with self._database.write() as connection:
            turn = _turn(connection, swap.requested_at)
            connection.execute(insert(duty_swap).values(swap_row(replace(swap, requested_at=turn.at))))
            detail = {"version": turn.version, "swap": swap.id, "giver": swap.giver, "taker": swap.taker}
            write_audit(connection, turn.at, swap.requested_by, Action.SWAP_REQUESTED, detail)
            return _load(connection, None)

    def decide_swap(self, swap_id: str, state: SwapState, decided_by: str, author: str, now: datetime) -> Swap:
        """Approve, refuse or withdraw a swap. Raises `NotFound`; `Conflict` when it was decided before."""
        with self._database.write() as connection:
            turn = _turn(connection, now)
            found = connection.execute(select(duty_swap).where(duty_swap.c.swap_id == swap_id)).one_or_none()
            if found is None:
                raise NotFound(f"there is no swap {swap_id}")
            if found.state != SwapState.REQUESTED:
                raise Conflict(f"swap {swap_id} is {found.state} already")
            values = {"state": state.value, "decided_by": decided_by, "decided_at": turn.at}
            connection.execute(update(duty_swap).where(duty_swap.c.swap_id == swap_id).values(values))
            detail = {"version": turn.version, "swap": swap_id, "state": state.value, "decided_by": decided_by}
            write_audit(connection, turn.at, author, Action.SWAP_DECIDED, detail)
            return replace(swap_of(found), state=state, decided_by=decided_by, decided_at=turn.at)

    def hand_over(self, handover: Handover) -> None:
        """Add to the duty log. Raises `Conflict` when the id is taken."""
        with self._database.write() as connection:
            connection.execute(insert(duty_handover).values(handover_row(handover)))
            detail = {"handover": handover.id, "giver": handover.giver, "taker": handover.taker}
            detail |= {"done": str(len(handover.done)), "undone": str(len(handover.undone))}
            write_audit(connection, handover.recorded_at, handover.author, Action.HANDED_OVER, detail)

    def handovers(self, limit: int = 100, before: datetime | None = None) -> Sequence[Handover]:
        """Return hand-overs, newest first."""
        query = select(duty_handover).order_by(duty_handover.c.at.desc(), duty_handover.c.handover_id).limit(limit)
        if before is not None:
            query = query.where(duty_handover.c.at < before)
        with self._database.read() as connection:
            return tuple(handover_of(row) for row in connection.execute(query))


def _turn(connection: Connection, now: datetime) -> Turn:
    turn = next_turn(connection, Counter.DUTY, now)
    begin(connection, Counter.DUTY, turn)
    return turn


def _load(connection: Connection, known_at: datetime | None) -> Roster:
    query = select(duty_roster).where(_believed(duty_roster, known_at))
    row = connection.execute(query).one_or_none()
    overrides = select(duty_override).where(_believed(duty_override, known_at))
    overrides = overrides.order_by(duty_override.c.recorded_at, duty_override.c.override_id)
    swaps = select(duty_swap).order_by(duty_swap.c.requested_at, duty_swap.c.swap_id)
    if known_at is not None:
        swaps = swaps.where(duty_swap.c.requested_at <= known_at)
    version = current(connection, Counter.DUTY)
    base = Roster(version=version) if row is None else from_json(row.document, version)
    return replace(
        base,
        overrides=tuple(override_of(found) for found in connection.execute(overrides)),
        swaps=tuple(_known(swap_of(found), known_at) for found in connection.execute(swaps)),
    )


def _believed(table: Any, known_at: datetime | None) -> Any:
    if known_at is None:
        return table.c.recorded_to.is_(None)
    return and_(table.c.recorded_at <= known_at, or_(table.c.recorded_to.is_(None), table.c.recorded_to > known_at))


def _known(swap: Swap, known_at: datetime | None) -> Swap:
    """Return the swap as it stood at `known_at`."""
    if known_at is None or swap.decided_at is None or swap.decided_at <= known_at:
        return swap
    return replace(swap, state=SwapState.REQUESTED, decided_by=None, decided_at=None)
