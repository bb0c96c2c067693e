"""What a replay of the quarantine would do, without doing it."""

from collections import Counter
from collections.abc import Iterable

from domain.delivery import Decoded, Journaled, Reason, Reject
from domain.quarantine import Trial
from domain.record import QuarantineEntry
from ingest.decode import Decoder

_EXAMPLES = 10


def tried(decoder: Decoder, entries: Iterable[QuarantineEntry]) -> Trial:
    """Decode the entries as of now. A delivery that can be taken apart counts as accepted.

    Conflicts and refusals of the store are found only by storing: they count as accepted, too.
    """
    looked = 0
    rejected: Counter[Reason] = Counter()
    examples: list[Reject] = []
    journaled: Journaled | None = None
    decoded, by_place = Decoded(0), dict[int | None, Reject]()
    for entry in entries:
        looked += 1
        if (following := Journaled(entry.item.offset, entry.delivery)) != journaled:
            journaled, decoded = following, decoder.decode(following)
            by_place = {reject.index: reject for reject in decoded.rejects}
        reject = decoded.undecodable or by_place.get(entry.item.index)
        if reject is not None:
            rejected[reject.reason] += 1
            examples += [reject] if len(examples) < _EXAMPLES else []
    return Trial(looked, looked - rejected.total(), dict(rejected), examples)
