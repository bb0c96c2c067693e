"""Whether the compiled way of a plain reading (`native/`) is there. It gives the answers of Python, or none."""

from importlib.util import find_spec
from typing import Final

COMPILED: Final = find_spec("quanyan_native") is not None
