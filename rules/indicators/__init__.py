"""One file per indicator. `INDICATORS` maps each indicator's name to its `Indicator`."""

import sys
from collections.abc import Mapping
from types import MappingProxyType

from domain.catalog import declared
from rules.indicator import Indicator

INDICATORS: Mapping[str, Indicator] = MappingProxyType(
    {indicator.name: indicator for indicator in declared(sys.modules[__name__], "INDICATOR", Indicator)}
)
