"""Recorded files as they are: one file per format, each with one constant FORMAT, found by its header."""

import sys
from typing import Final

from domain.catalog import declared
from simulators.recording_format import Format

FORMATS: Final = declared(sys.modules[__name__], "FORMAT", Format)
"""Every format that can be replayed."""
