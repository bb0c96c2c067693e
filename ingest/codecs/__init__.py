"""One file per payload format."""

import sys
from typing import Final

from domain.catalog import declared
from ingest.codec import Codec

CODECS: Final = declared(sys.modules[__name__], "CODEC", Codec)


def codec_for(topic: str) -> Codec | None:
    """Return the codec whose root the topic begins with, or None."""
    return next((codec for codec in CODECS if topic.startswith(codec.root)), None)
