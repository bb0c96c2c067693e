"""`python -m app` is `quanyan`."""

from app.cli import main

main()
