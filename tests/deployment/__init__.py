"""The files that deploy Quanyan, held against real programs and published schemas."""
