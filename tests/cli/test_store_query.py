"""`ser store query` as its users meet it."""

import json

import pytest
from ser_cli import query_output


def test_numbers_stand_to_the_right_and_null_is_a_dash(ser, store_root):
    sql = "select emotion, count(*) as n, max(age) as age, 1 / 3 as third from files group by 1 order by 1"
    answer = ser("store", "query", sql, "--store", store_root)
    assert answer.code == 0
    assert answer.err == ""
    assert answer.out.splitlines() == [
        "emotion   n  age     third",
        "angry    24    –  0.333333",
        "neutral  24    –  0.333333",
        "sad      24    –  0.333333",
    ]


def test_words_stand_to_the_left_wherever_they_are(ser, store_root):
    sql = "select count(*) as n, emotion from files where speaker = 's0' group by emotion order by emotion"
    answer = ser("store", "query", sql, "--store", store_root)
    assert answer.out.splitlines() == ["n  emotion", "4  angry", "4  neutral", "4  sad"]


def test_long_tables_are_cut_and_say_so(ser, store_root):
    answer = ser("store", "query", "select a.file_id from files a, files b", "--store", store_root)
    assert len(answer.out.splitlines()) == 1 + query_output.SHOWN
    left = 72 * 72 - query_output.SHOWN
    assert answer.err == (
        f"and {left:,} rows more: add an order by and a limit, or --format csv for all of them\n"
    )


def test_no_rows_are_a_header(ser, store_root):
    answer = ser("store", "query", "select file_id from failures", "--store", store_root)
    assert answer.out == "file_id\n"


def test_csv_has_all_rows_and_nothing_for_null(ser, store_root):
    sql = "select file_id, age, 'a,b' as words from files order by file_id"
    answer = ser("store", "query", sql, "--format", "csv", "--store", store_root)
    lines = answer.out.splitlines()
    assert lines[:2] == ["file_id,age,words", 'own/s0_angry_0,,"a,b"']
    assert len(lines) == 73


def test_json_is_a_list_of_objects(ser, store_root):
    sql = (
        "select 'own' as name, null as age, 'nan'::double as x, 1.5::decimal(3, 1) as d, date '2025-01-02' t"
    )
    answer = ser("store", "query", sql, "--format", "json", "--store", store_root)
    assert json.loads(answer.out) == [{"name": "own", "age": None, "x": None, "d": 1.5, "t": "2025-01-02"}]
    assert (
        json.loads(
            ser("store", "query", "select 1 where false", "--format", "json", "--store", store_root).out
        )
        == []
    )


def test_what_a_terminal_would_obey_is_not_printed(ser, store_root):
    answer = ser(
        "store", "query", r"select 'a' || chr(27) || '[2J' || chr(10) || 'b' as x", "--store", store_root
    )
    assert answer.out == "x\na [2J b\n"


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        (
            "copy files to '/tmp/x.csv'",
            "error: found a statement that does more than ask (copy), expected a select",
        ),
        ("select pich_mean from files", 'error: Referenced column "pich_mean" not found'),
        ("from read_csv('/etc/passwd')", 'error: Cannot access file "/etc/passwd"'),
        ("selec", 'error: syntax error at or near "selec": expected SQL'),
    ],
)
def test_errors_are_one_line(ser, store_root, sql, text):
    answer = ser("store", "query", sql, "--store", store_root)
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.startswith(text)
    assert len(answer.err.splitlines()) == 1


def test_no_store_is_told(ser, tmp_path):
    answer = ser("store", "query", "select 1", "--store", tmp_path / "none")
    assert answer.code == 2
    assert answer.err.startswith("error: no store at ")
