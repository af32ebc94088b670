"""`ser store`: query in three formats, export."""

import json

import pandas as pd
import pytest
from ser_cli import query_output


@pytest.fixture
def query(ser, store_root):
    """Run a query on the store of tones and return the output lines, which must be the only output."""

    def run(sql, *options):
        answer = ser("store", "query", sql, *options, "--store", store_root)
        assert (answer.code, answer.err) == (0, "")
        return answer.out.splitlines()

    return run


def test_tables_align_numbers_right_and_text_left(query):
    sql = "select emotion, count(*) as n, max(age) as age, 1 / 3 as third from files group by 1 order by 1"
    assert query(sql) == [
        "emotion   n  age     third",
        "angry    24    –  0.333333",
        "neutral  24    –  0.333333",
        "sad      24    –  0.333333",
    ]
    sql = "select count(*) as n, emotion from files where speaker = 's0' group by emotion order by emotion"
    assert query(sql) == ["n  emotion", "4  angry", "4  neutral", "4  sad"]
    assert query("select file_id from failures") == ["file_id"]


def test_long_tables_are_truncated_with_a_note(ser, store_root):
    answer = ser("store", "query", "select a.file_id from files a, files b", "--store", store_root)
    assert len(answer.out.splitlines()) == 1 + query_output.SHOWN
    omitted = 72 * 72 - query_output.SHOWN
    note = f"and {omitted:,} more rows: add order by and limit, or use --format csv for all rows\n"
    assert answer.err == note


def test_csv_has_all_rows_and_empty_fields_for_null(query):
    lines = query("select file_id, age, 'a,b' as words from files order by file_id", "--format", "csv")
    assert lines[:2] == ["file_id,age,words", 'own/s0_angry_0,,"a,b"']
    assert len(lines) == 73


def test_json_is_a_list_of_objects(query):
    sql = (
        "select 'own' as name, null as age, 'nan'::double as x, 1.5::decimal(3, 1) as d, date '2025-01-02' t"
    )
    rows = [{"name": "own", "age": None, "x": None, "d": 1.5, "t": "2025-01-02"}]
    assert json.loads("\n".join(query(sql, "--format", "json"))) == rows
    assert json.loads("\n".join(query("select 1 where false", "--format", "json"))) == []


def test_terminal_control_characters_are_not_printed(query):
    assert query(r"select 'a' || chr(27) || '[2J' || chr(10) || 'b' as x") == ["x", "a [2J b"]


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        (
            "copy files to '/tmp/x.csv'",
            "error: found a statement that does more than read (copy), expected a select",
        ),
        ("select pich_mean from files", 'error: Referenced column "pich_mean" not found'),
        ("from read_csv('/etc/passwd')", 'error: Cannot access file "/etc/passwd"'),
        ("selec", 'error: syntax error at or near "selec": expected SQL'),
    ],
)
def test_invalid_queries_are_one_line(ser, store_root, sql, text):
    answer = ser("store", "query", sql, "--store", store_root)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(text)
    assert answer.err.count("\n") == 1


def test_export_prints_what_was_written_and_how_to_read_it(ser, store_root, tmp_path):
    out = tmp_path / "speech.csv"
    words = ["store", "export", "--out", out, "--datasets", "own", "--store", store_root, "--format"]
    answer = ser(*words, "csv")
    assert answer.code == 0
    columns = len(pd.read_csv(out).columns)
    assert answer.out.splitlines() == [
        f"{out}: 72 recordings of own, {columns} columns, format csv",
        f"next: python -c 'import pandas as pd; print(pd.read_csv(\"{out}\"))'",
    ]
    out.write_text("mine")
    answer = ser(*words, "csv")
    assert answer.code == 2
    text = "exists and was not written by ser: pass another --out, or --force to replace it\n"
    assert answer.err.endswith(text)


def test_export_offers_the_formats_of_the_library(ser):
    from ser_features.store.export import FORMATS

    answer = ser("store", "export", "--format", "xls", "--out", "x")
    assert answer.code == 2
    assert all(f"'{name}'" in answer.err for name in FORMATS)


def test_many_table_files_suggest_compaction(ser, store_root, monkeypatch):
    monkeypatch.setattr("ser_cli.store.MANY_TABLES", 0)
    answer = ser("store", "info", "--store", store_root)
    assert answer.err.endswith(" table files: compaction makes reading faster\n")
    assert f"next: ser store compact --store {store_root}" in answer.out
