"""The sub-commands of `quanyan`, one file each."""
