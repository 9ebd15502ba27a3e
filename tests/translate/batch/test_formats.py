"""What comes in comes out: every format, packed or not, with good records and bad."""

import base64
import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import polib
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.translate.batch.conftest import RunAll, job, objects
from translate.batch import jsonl, lines
from translate.batch.records import LONGEST, Bad, Outcome, Record
from translate.errors import FormatError

Write = Callable[[Path, bytes], Path]


def pack(path: Path, data: bytes) -> Path:
    if path.suffix == ".gz":
        data = gzip.compress(data[: len(data) // 2]) + gzip.compress(data[len(data) // 2 :])
    if path.suffix == ".zst":
        half = len(data) // 2
        data = b"".join(pa.compress(d, "zstd", asbytes=True) for d in (data[:half], data[half:]))
    path.write_bytes(data)
    return path


def unpack(path: Path) -> bytes:
    with pa.input_stream(path) as stream:  # another reader than ours for gzip and zstd
        return bytes(stream.read())


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_lines_stay_aligned(
    run_all: RunAll, tmp_path: Path, sentences: Sequence[str], suffix: str
) -> None:
    source = pack(tmp_path / f"in.txt{suffix}", "\r\n".join(sentences).encode())
    out = tmp_path / f"out.txt{suffix}"
    told = run_all([job(source, out)])
    english = unpack(out).decode().split("\n")
    assert english.pop() == ""
    assert len(english) == len(sentences)
    assert [not line.strip() for line in english] == [not s.strip() for s in sentences]
    assert (
        english[1]
        == english[-4]
        == "Arrived delegation Russian at Moscow. Returned delegation at Kyiv"
    )
    assert (told[-1].records, told[-1].bad) == (len(sentences), 0)
    assert {p.name for p in tmp_path.iterdir()} == {source.name, out.name}


def test_an_object_keeps_its_fields(run_all: RunAll, tmp_path: Path) -> None:
    first = (
        '{"id": 12345678901234567890123, "x": 1.10, "text":"وصل الوفد إلى موسكو.", "a":"\\u0041" }'
    )
    second = '\ufeff{"text": "", "e": 1e400, "e": [1,  2]}'
    (tmp_path / "in.jsonl").write_text(f"{second}\r\n{first}", encoding="utf-8", newline="")
    run_all([job(tmp_path / "in.jsonl", tmp_path / "out.jsonl")])
    empty, full = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert empty == '{"text": "", "e": 1e400, "e": [1,  2], "translation": "", "units": []}'
    assert full.startswith(
        first.removesuffix(" }") + ', "translation": "Arrived delegation at Moscow."'
    )
    (unit,) = json.loads(full)["units"]
    assert unit["source"] == "وصل الوفد إلى موسكو."
    assert [(v["term"], v["status"]) for v in unit["verdicts"]] == [("موسكو", "satisfied")]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=50)
@given(st.dictionaries(st.text(), JSON, max_size=4), st.booleans(), st.sampled_from([None, 2]))
def test_any_object_keeps_its_fields(
    fields: dict[str, object], ascii_only: bool, indent: int | None
) -> None:
    fields = {k: v for k, v in fields.items() if k not in jsonl.ADDED} | {"text": "}{"}
    line = (
        json.dumps(fields, ensure_ascii=ascii_only, indent=indent)
        .replace("\n", " ")
        .encode(errors="surrogatepass")
    )
    assert jsonl.text(line, "text") == "}{"
    made = jsonl._spliced(line, Outcome(translation="\u2028\n", units=()))
    assert made.count(b"\n") == 1
    assert json.loads(made) == fields | {"translation": "\u2028\n", "units": []}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"text": "a", "x": NaN}', "not JSON: NaN"),
        (b'["text"]', "not a JSON object"),
        (b'{"Text": "a"}', "no field 'text'"),
        (b'{"text": null}', "field 'text' is no string"),
        (b'{"text": "a", "units": 3}', "has a field 'units' already"),
        (b'{"text": "\xc7\xe1"}', "not UTF-8"),
        (b'{"text": "a\\ud800"}', "half of a surrogate pair at character 1"),
        (b'{"text": "' + b"a" * LONGEST + b'"}', "longer than 1 MiB"),
    ],
)
def test_a_bad_record_is_listed_and_the_rest_goes_on(
    run_all: RunAll, tmp_path: Path, line: bytes, reason: str
) -> None:
    good = b'{"id": %d, "text": "x"}\n'
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(good % 1 + line + b"\n" + good % 2)
    finished = run_all([job(source, out)])[-1]
    assert (finished.records, finished.bad) == (3, 1)
    assert [record["id"] for record in objects(out)] == [1, 2]
    (bad,) = objects(tmp_path / "out.jsonl.bad.jsonl")
    assert bad["line"] == 2
    assert bad["reason"].startswith(reason)
    if "bytes" in bad:
        assert bad["bytes"] >= LONGEST
        assert line.startswith(bad["original"].encode())
    elif "original" in bad:
        assert bad["original"].encode() == line
    else:
        assert base64.b64decode(bad["original_base64"]) == line


def test_a_bad_line_of_text_leaves_its_place_empty(run_all: RunAll, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_bytes("موسكو\n".encode() + b"\xff\n" + "كييف\u2028موسكو\n".encode())
    run_all([job(tmp_path / "in.txt", tmp_path / "out.txt")])
    assert (tmp_path / "out.txt").read_bytes() == b"Moscow\n\nKyiv Moscow\n"
    assert objects(tmp_path / "out.txt.bad.jsonl")[0]["original_base64"] == "/w=="


def test_parquet_keeps_rows_and_columns(run_all: RunAll, tmp_path: Path) -> None:
    texts = ["وصل الوفد إلى موسكو.", None, "", "موسكو"]
    table = pa.table(
        {"id": pa.array([4, 3, None, 1], pa.int8()), "body": pa.array(texts, pa.large_string())},
        metadata={"mine": "kept"},
    )
    source, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    pq.write_table(table, source, row_group_size=3)
    assert run_all([job(source, out, field="body")])[-1].bad == 1
    made = pq.read_table(out)
    assert made.schema.metadata[b"mine"] == b"kept"
    assert made.drop_columns(["translation", "units"]).equals(table)
    assert made["translation"].to_pylist() == ["Arrived delegation at Moscow.", None, "", "Moscow"]
    units = made["units"].to_pylist()
    assert units[0][0]["verdicts"][0]["target_span"] == [22, 28]
    assert units[1:3] == [None, []]
    (bad,) = objects(tmp_path / "out.parquet.bad.jsonl")
    assert bad == {"line": 2, "reason": "null in column 'body'", "original": None}


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"body": ["a"]}, "has no column 'text', but body"),
        ({"text": [1]}, "column 'text' is int64, not text"),
        ({"text": ["a"], "translation": ["b"]}, "has a column 'translation' already"),
    ],
)
def test_parquet_that_does_not_fit(
    run_all: RunAll, tmp_path: Path, columns: dict[str, list[object]], message: str
) -> None:
    pq.write_table(pa.table(columns), tmp_path / "in.parquet")
    with pytest.raises(FormatError, match=message):
        run_all([job(tmp_path / "in.parquet", tmp_path / "out.parquet")])


def test_po_is_filled_in_fuzzy(run_all: RunAll, tmp_path: Path) -> None:
    file = polib.POFile()
    file.append(polib.POEntry(msgid="وصل %s إلى موسكو.\nعاد الوفد", msgstr=""))
    file.append(polib.POEntry(msgid="كييف", msgstr="by a person"))
    file.append(polib.POEntry(msgid="English", msgstr=""))
    (tmp_path / "in.po").write_text(str(file), encoding="utf-8")
    assert run_all([job(tmp_path / "in.po", tmp_path / "out.po")])[-1].records == 2
    made = polib.pofile(str(tmp_path / "out.po"))
    assert [(e.msgstr, e.fuzzy) for e in made] == [
        ("Arrived %s at Moscow.\nReturned delegation", True),
        ("by a person", False),
        ("", False),
    ]


@pytest.mark.parametrize("name", ["in.txt.gz", "in.txt.zst"])
def test_a_file_that_is_cut_off(
    run_all: RunAll, tmp_path: Path, sentences: Sequence[str], name: str
) -> None:
    source = pack(tmp_path / name, "\n".join(sentences).encode())
    source.write_bytes(source.read_bytes()[:-9])
    with pytest.raises(FormatError, match="damaged or cut off"):
        run_all([job(source, tmp_path / f"out.{name}")])


def test_utf_16_is_refused(run_all: RunAll, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("موسكو", encoding="utf-16")
    with pytest.raises(FormatError, match="UTF-16"):
        run_all([job(tmp_path / "in.txt", tmp_path / "out.txt")])


def test_a_file_without_records(run_all: RunAll, tmp_path: Path) -> None:
    (tmp_path / "in.txt").touch()
    assert run_all([job(tmp_path / "in.txt", tmp_path / "out.txt")])[-1].records == 0
    assert (tmp_path / "out.txt").read_bytes() == b""


@settings(max_examples=50)
@given(st.lists(st.binary(max_size=8).map(lambda b: b.replace(b"\n", b"")), max_size=9))
def test_lines(tmp_path_factory: pytest.TempPathFactory, found: list[bytes]) -> None:
    path = tmp_path_factory.getbasetemp() / "lines.txt"
    path.write_bytes(b"x\n" + b"".join(line + b"\n" for line in found))
    assert [r.data for r in lines.read(path, "")] == [b"x", *(f.removesuffix(b"\r") for f in found)]


@pytest.mark.parametrize("extra", [-2, -1, 0, 1, 2, 3, LONGEST])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_the_longest_line(tmp_path: Path, extra: int, end: bytes) -> None:
    line = b"a" * (LONGEST + extra)
    (tmp_path / "in.txt").write_bytes(line + end + (b"b" if end else b""))
    first, *rest = lines.read(tmp_path / "in.txt", "")
    assert (first.length > LONGEST) == (extra > 0)
    assert line.startswith(first.data or b"-")
    assert extra > 0 or first.data == line
    assert [r.data for r in rest] == ([b"b"] if end else [])


def test_a_null_is_another_record_than_an_empty_one() -> None:
    assert jsonl.text(b"{}", "text") == Bad("no field 'text'")
    assert Record(None, 0, 0) != Record(b"", 0, 0)
