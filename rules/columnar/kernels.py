"""Which indicators have a columnar kernel. The others are recomputed by the scalar rules."""

from collections.abc import Mapping
from typing import Final

from rules.columnar.kernel import Kernel

KERNELS: Final[Mapping[str, Kernel]] = {}
