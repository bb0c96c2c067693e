"""What a decoded delivery has for the quarantine. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from domain.delivery import Decoded, Journaled, Reason, Reject, ReplayRef
from domain.quarantine import Settlement
from domain.reading import Reading
from domain.record import QuarantineItem

_GONE: Final = "the delivery has no reading at this place any more"


def items_of(decoded: Decoded) -> list[QuarantineItem]:
    """Return the delivery as a whole, if it could not be decoded, or its rejected readings."""
    if decoded.undecodable is not None:
        return [_item(decoded.offset, decoded.undecodable)]
    return [_item(decoded.offset, reject) for reject in decoded.rejects]


def _item(offset: int, reject: Reject) -> QuarantineItem:
    return QuarantineItem(offset, reject.index, reject.reason, reject.detail, reject.device, reject.at)


def positions(decoded: Decoded) -> list[int]:
    """Return where in the batch each accepted reading stood: the positions that no reject holds."""
    rejected = {reject.index for reject in decoded.rejects}
    total = len(decoded.readings) + len(decoded.rejects)
    return [position for position in range(total) if position not in rejected]


def by_place(decoded: Decoded) -> dict[int, Reading | Reject]:
    """Return readings and rejects by their places in the delivery."""
    found: dict[int, Reading | Reject] = dict(zip(positions(decoded), decoded.readings, strict=True))
    found.update((reject.index or 0, reject) for reject in decoded.rejects)
    return found


def assembled(offset: int, found: Mapping[int, Reading | Reject]) -> Decoded:
    """Return readings and rejects as one delivery, in the order of their places and numbered anew without gaps."""
    ordered = [found[place] for place in sorted(found)]
    return Decoded(
        offset,
        tuple(one for one in ordered if isinstance(one, Reading)),
        tuple(replace(one, index=index) for index, one in enumerate(ordered) if isinstance(one, Reject)),
    )


def sorted_out(
    chunk: Sequence[tuple[Journaled, Decoded]], items: Mapping[int, Sequence[QuarantineItem]]
) -> tuple[list[tuple[Journaled, Sequence[QuarantineItem]]], list[Settlement]]:
    """Return what is new to the quarantine, and what came of what was replayed. `items` are rejects by offset."""
    new, replayed = [], []
    for journaled, decoded in chunk:
        rejected = items[journaled.offset]
        if decoded.replay is not None:
            replayed.append(_settlement(decoded, decoded.replay, rejected))
        elif rejected:
            new.append((journaled, rejected))
    return new, replayed


def _settlement(decoded: Decoded, ref: ReplayRef, rejected: Sequence[QuarantineItem]) -> Settlement:
    """Name readings by their places in the original delivery."""
    if decoded.undecodable is not None:
        places = (None,) if ref.asked is None else ref.asked
        found = [replace(rejected[0], index=place) for place in places]
        return Settlement(ref.replay, ref.delivery_id, (), found, whole=ref.asked is None)
    found = [replace(item, index=ref.places[item.index]) for item in rejected if item.index is not None]
    bad = {item.index for item in found}
    gone = [place for place in ref.asked or () if place not in ref.places]
    found += [QuarantineItem(decoded.offset, place, Reason.WRONG_SHAPE, _GONE, None, None) for place in gone]
    accepted = [place for place in ref.places if place not in bad]
    return Settlement(ref.replay, ref.delivery_id, accepted, found, whole=ref.asked is None)
