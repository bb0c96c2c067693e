"""What an inspection record says about facilities, and what of them nobody has looked at."""

from dataclasses import dataclass, fields

from domain.device import Device
from domain.kinds.lighting_inspection import PARTS
from domain.reading import Reading


@dataclass(frozen=True, slots=True)
class Soundness:
    """Facilities of some inspected units. Merging is associative and commutative; an empty one is neutral."""

    sound: int = 0
    faulty: int = 0
    unseen: int = 0
    """Registered, but in no record that counts."""
    units: int = 0
    units_unseen: int = 0
    """Units without a record that counts."""
    made_up: int = 0

    @property
    def facilities(self) -> int:
        """All facilities."""
        return self.sound + self.faulty + self.unseen

    def merged(self, other: "Soundness") -> "Soundness":
        """Return both together; they must be of disjoint units."""
        return Soundness(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def dump(self) -> dict[str, int]:
        """Return the counts as plain JSON."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @classmethod
    def load(cls, dumped: dict[str, int]) -> "Soundness":
        """Return the counts of a dump."""
        return cls(**dumped)


def checked(record: Reading) -> dict[str, tuple[int, int]]:
    """Return checked and sound facilities by part; a part with one of the two only was not checked.

    Raises:
        ValueError: more were sound than checked, so the record cannot be right.
    """
    found = {}
    for part in PARTS:
        seen, sound = record.values.get(f"{part}_checked"), record.values.get(f"{part}_sound")
        if isinstance(seen, int) and isinstance(sound, int):
            if sound > seen:
                raise ValueError(f"{part}_sound_above_checked")
            found[part] = (seen, sound)
    return found


def soundness(unit: Device, record: Reading | None) -> tuple[Soundness, str]:
    """Return the facilities of a unit by its latest record, and why the record does not count, or nothing."""
    given = unit.attributes.get("facilities")
    registered = given if isinstance(given, int) else 0
    why, parts = "no_record_of_92_days", dict[str, tuple[int, int]]()
    if record is not None:
        try:
            parts = checked(record)
            why = "" if parts else "nothing_checked"
        except ValueError as error:
            why = str(error)
    seen = sum(part[0] for part in parts.values())
    sound = sum(part[1] for part in parts.values())
    unseen = max(0, registered - seen)
    return Soundness(sound, seen - sound, unseen, 1, int(bool(why)), int(unit.synthetic)), why
