"""One file per sensor kind. `KINDS` maps each kind's name to its `SensorKind`."""

import sys
from collections.abc import Mapping
from types import MappingProxyType

from domain.catalog import declared
from domain.kind import SensorKind

KINDS: Mapping[str, SensorKind] = MappingProxyType(
    {kind.name: kind for kind in declared(sys.modules[__name__], "KIND", SensorKind)}
)
