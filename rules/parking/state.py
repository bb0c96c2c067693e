"""What a bay's sensor or a car park's counter says, as one reading has it."""

from domain.device import Device
from domain.kind import Value
from domain.reading import Reading
from rules.parking.counts import LotCount

TO_OCCUPIED = "occupancyChangeToOccupied"
TO_VACANT = "occupancyChangeToVacant"
SENSOR_FAULT = "sensorFault"
COUNTER_FAULT = "counterFault"
UNCOUNTABLE = "no_capacity"
"""Why a car park takes no part: neither its counter nor the register says how many spaces it has."""


def occupied(reading: Reading) -> bool | None:
    """Return whether a bay is taken; None when the sensor is faulty or does not say.

    The state counts. An event without a state stands for the state that it leads to.
    """
    if reading.faults and SENSOR_FAULT in reading.faults:
        return None
    state = reading.values.get("occupied")
    if state is True or state is False:
        return state
    said = {event.type for event in reading.events}
    if (TO_OCCUPIED in said) is (TO_VACANT in said):
        return None
    return TO_OCCUPIED in said


def why_no_state(reading: Reading) -> str:
    """Return why a fresh reading tells no state of its bay, or nothing."""
    if SENSOR_FAULT in reading.faults:
        return SENSOR_FAULT
    return "no_state" if occupied(reading) is None else ""


def counted(reading: Reading, capacity: int) -> int | None:
    """Return the cars inside by a counter: as told, else capacity less free, else in less out since its last re-zero.

    None when the counter is faulty or says none of these.
    """
    if COUNTER_FAULT in reading.faults:
        return None
    inside, free = _whole(reading.values.get("occupied")), _whole(reading.values.get("free"))
    if inside is not None:
        return inside
    if free is not None:
        return capacity - free
    came, went = _whole(reading.values.get("entered")), _whole(reading.values.get("left"))
    return came - went if came is not None and went is not None else None


def why_no_count(reading: Reading) -> str:
    """Return why a fresh reading tells no count of its car park, or nothing."""
    if COUNTER_FAULT in reading.faults:
        return COUNTER_FAULT
    return "no_count" if counted(reading, 0) is None else ""


def capacity_of(device: Device, fresh: Reading | None) -> int | None:
    """Return how many spaces a car park has: as its fresh reading says, else as the register says; None if neither."""
    told = None if fresh is None else _whole(fresh.values.get("capacity"))
    return told or _whole(device.attributes.get("capacity")) or None


def lot_count(device: Device, fresh: Reading | None) -> LotCount | None:
    """Return what a car park's counter says by its fresh reading, if it has one; None when it has no capacity."""
    capacity = capacity_of(device, fresh)
    if capacity is None:
        return None
    return LotCount(capacity, None if fresh is None else counted(fresh, capacity), device.synthetic)


def _whole(value: Value | None) -> int | None:
    return value if type(value) is int else None  # True and False are no counts
