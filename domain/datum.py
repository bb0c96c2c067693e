"""What positions are measured against. The register keeps WGS-84; maps published in China often have another datum."""

from enum import StrEnum


class Datum(StrEnum):
    """The datum of a base map."""

    WGS84 = "WGS-84"
    GCJ02 = "GCJ-02"
    """The offset datum of public maps (GB 20263-2006), some 500 m aside: what is drawn above one is converted to it."""
    CGCS2000 = "CGCS2000"
    """That of 天地图: WGS-84 to a few centimetres in 2000; the plate has drifted by less than a metre since."""
