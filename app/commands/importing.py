"""`quanyan import FILE`: readings from a file, through the same door as everybody (the API of the running service)."""

from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from app.commands.common import bearer
from app.reading_files import Chunk, read_chunks
from domain.errors import ConfigError, Problem, Unavailable

TIMEOUT_S = 60


def import_file(
    file: Annotated[Path, typer.Argument(help="CSV (device, at, one column per metric), JSON or NDJSON of readings.")],
    url: Annotated[str, typer.Option(help="The running service.")] = "http://127.0.0.1:8080",
    key_file: Annotated[Path | None, typer.Option(help="File with an API key of role operate.")] = None,
) -> None:
    """Send the readings of a file to the running service: same validation, durability and accounting as MQTT.

    Exit code 1 when any reading went to the quarantine; each is named with its place in the file.
    """
    accepted = quarantined = 0
    with httpx.Client(base_url=url, headers=bearer(key_file), timeout=TIMEOUT_S) as client:
        for chunk in read_chunks(file):
            receipt = _send(client, chunk)
            accepted += receipt["accepted"]
            quarantined += len(receipt["quarantined"])
            for item in receipt["quarantined"]:
                place = f"{file}:{chunk.lines[item['index']]}" if item["index"] is not None else str(file)
                typer.echo(f"{place}: {item['reason']}: {item['detail']}", err=True)
    typer.echo(f"{accepted} readings accepted, {quarantined} quarantined")
    if quarantined:
        raise typer.Exit(1)


def _send(client: httpx.Client, chunk: Chunk) -> dict[str, Any]:
    try:
        answer = client.post("/api/v1/readings", content=chunk.body, headers={"Content-Type": "application/json"})
    except httpx.TransportError as error:
        raise Unavailable(f"{client.base_url}: {error}; nothing after line {chunk.lines[0]} was sent") from None
    if answer.is_success:
        receipt: dict[str, Any] = answer.json()
        return receipt
    problem = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    reason = f"{problem.get('title', answer.reason_phrase)}: {problem.get('detail', '')}".rstrip(": ")
    raise ConfigError([Problem(str(client.base_url), 0, f"HTTP {answer.status_code}", reason)])
