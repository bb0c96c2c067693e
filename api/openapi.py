"""`python -m api.openapi` writes docs/openapi.json: the contract as a file, so that a change of it shows in a diff."""

import json
from pathlib import Path
from typing import Final

from api.server import Api

FILE: Final = Path(__file__).parents[1] / "docs" / "openapi.json"


def document() -> str:
    """Return the OpenAPI document, the same for every deployment."""
    return json.dumps(Api().openapi(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(document(), encoding="utf-8")
