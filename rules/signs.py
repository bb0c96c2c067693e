"""How each device stands, in one character: what a map shows of a hundred thousand of them."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from domain.device import AssetState, Device
from domain.kinds import KINDS
from domain.reading import Reading
from domain.register import Register
from rules.lighting.lamp import Glow, glow
from rules.lighting.schedule import Duty, Rota, Schedule

LAMP: Final = "streetlight"


def signs(
    register: Register, kind: str, latest: Callable[[str], Reading | None], schedule: Schedule, now: datetime
) -> str:
    """Return one character for each device of a kind at `now`, in the order of their ids (`domain.ports.Signs`)."""
    freshness = KINDS[kind].freshness
    duties: dict[Rota, Duty] = {}

    def duty(lamp: Device) -> Duty:
        rota = schedule.rota(lamp)
        if rota not in duties:
            duties[rota] = rota.duty(now)
        return duties[rota]

    def sign(device: Device) -> str:
        if device.state is not AssetState.IN_SERVICE:
            return "x"
        reading = latest(device.id)
        if reading is None or now - reading.at > freshness:
            return "u"
        return lamp_sign(glow(device, reading), duty(device)) if kind == LAMP else "f"

    return "".join(map(sign, register.devices(now, kind)))


def lamp_sign(shown: Glow | None, duty: Duty) -> str:
    """Return the character of a lamp in service with a fresh report."""
    if shown is None:
        return "u"
    if shown is Glow.LIT:
        return "b" if duty is Duty.OFF else "l"
    return "d" if duty is Duty.ON else "o"
