"""Files of readings are cut into request bodies, each reading with its line; mistakes name file and line."""

import json
from pathlib import Path

import pytest

from app.reading_files import READINGS_PER_CHUNK, read_chunks
from domain.errors import ConfigError


def readings(path: Path) -> list[dict[str, object]]:
    return [r for chunk in read_chunks(path) for r in json.loads(chunk.body)["readings"]]


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_csv_cells_become_numbers_booleans_and_absent_values(tmp_path: Path) -> None:
    path = written(tmp_path / "r.csv", "device,at,seq,power,on,note\nL1,2026-11-23T18:00:00+08:00,7,12.50,true,\n")
    assert readings(path) == [
        {"device": "L1", "at": "2026-11-23T18:00:00+08:00", "seq": 7, "values": {"power": 12.5, "on": True}}
    ]


def test_json_documents_and_ndjson_are_the_same_readings(tmp_path: Path) -> None:
    one = {"device": "L1", "at": "2026-11-23T18:00:00Z", "values": {"power": 1}}
    texts = (json.dumps(one), json.dumps([one]), json.dumps({"readings": [one]}), json.dumps(one) + "\n\n")
    for text in texts:
        assert readings(written(tmp_path / "r.json", text)) == [one]


def test_chunks_are_bounded_and_know_their_lines(tmp_path: Path) -> None:
    lines = [json.dumps({"device": f"L{i}"}) for i in range(READINGS_PER_CHUNK + 2)]
    first, second = read_chunks(written(tmp_path / "r.ndjson", "\n".join(lines)))
    assert (first.lines[0], len(first.lines)) == (1, READINGS_PER_CHUNK)
    assert second.lines == (READINGS_PER_CHUNK + 1, READINGS_PER_CHUNK + 2)


@pytest.mark.parametrize(
    ("name", "text", "line", "reason"),
    [
        ("r.csv", "device,power\nL1,2\n", 1, "missing"),
        ("r.csv", "device,at,power\nL1,2026-11-23T18:00:00Z,1\nL1,2026\n", 3, "number of cells"),
        ("r.ndjson", '{"device": "L1"}\n{oops\n', 2, "no JSON"),
        ("r.json", '{"readings": 1}', 0, "no list"),
    ],
)
def test_a_mistake_names_file_and_line(tmp_path: Path, name: str, text: str, line: int, reason: str) -> None:
    path = written(tmp_path / name, text)
    with pytest.raises(ConfigError) as caught:
        list(read_chunks(path))
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == (str(path), line)
    assert reason in problem.reason


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes("device,at\n灯,x\n".encode("gb18030"))
    with pytest.raises(ConfigError, match="not UTF-8"):
        list(read_chunks(path))
