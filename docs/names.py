"""Writes the names that the page takes from the service: `python -m docs.names`. A test fails when they are stale."""  # noqa: INP001 - pages live here, not a package

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from domain.scope_names import SCOPE_NAMES
from rules.indicators import INDICATORS

SAID: Final = Path(__file__).parents[1] / "api" / "said"


def files() -> Mapping[Path, str]:
    """Return each file with its text: scopes with their names in Chinese and English, indicators' titles in both."""
    return {
        SAID / "scopes.json": _text(SCOPE_NAMES),
        SAID / "indicators.json": _text({i.title: i.title_en for i in INDICATORS.values()}),
    }


def _text(names: Mapping[str, object]) -> str:
    rows = ",\n".join(f"  {_json(key)}: {_json(value)}" for key, value in names.items())
    return f"{{\n{rows}\n}}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    for file, text in files().items():
        file.write_text(text, encoding="utf-8")
