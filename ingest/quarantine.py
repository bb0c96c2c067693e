"""What a decoded delivery has for the quarantine. Pure."""

from domain.delivery import Decoded, Reject
from domain.record import QuarantineItem


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
