"""The shape of the source tree, as ARCHITECTURE.md and CONTRIBUTING.md claim it."""
