"""SQL queries read only the columns that they need, and nothing outside of the store."""

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ser_features.errors import InputError, StoreError
from ser_features.store import Store, open_store
from ser_features.store.query import query


@pytest.fixture(scope="module")
def store(store_root: Path) -> Store:
    return open_store(store_root)


@pytest.fixture
def copied(store_root: Path, tmp_path: Path) -> Store:
    """A copy of the store that a test may damage."""
    shutil.copytree(store_root / "files", tmp_path / "store" / "files")
    shutil.copy(store_root / "store.json", tmp_path / "store")
    return open_store(tmp_path / "store")


def rows_of(store: Store, sql: str) -> list[tuple]:
    with query(store, sql) as result:
        return [row for batch in result.batches() for row in batch]


def refusal(store: Store, sql: str) -> str:
    with pytest.raises(InputError) as refused:
        rows_of(store, sql)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_counts_and_means_are_those_of_pandas(store):
    rows = store.files()
    expected = rows.groupby("emotion")["pitch_mean"].agg(["size", "mean"])
    counts = rows_of(
        store, "select emotion, count(*), avg(pitch_mean) from files group by emotion order by 1"
    )
    assert [row[:2] for row in counts] == [(name, row["size"]) for name, row in expected.iterrows()]
    assert [row[2] for row in counts] == pytest.approx(expected["mean"].tolist(), rel=1e-5)


def test_all_columns_are_there_the_corpus_first_own_columns_last(store):
    with query(store, "from files limit 0") as result:
        assert result.columns[:3] == ("dataset", "file_id", "path")
        assert set(result.columns) == set(store.table().column_names)
        kinds = dict(zip(result.columns, result.numeric, strict=True))
    assert kinds["pitch_mean"]
    assert not kinds["emotion"]


def test_float32_is_printed_with_the_shortest_digits(store):
    [[value]] = rows_of(store, "select 0.1::float")
    assert value == 0.1


def test_null_is_none(store):
    assert rows_of(store, "select distinct age from files") == [(None,)]


def test_empty_tables_exist(store):
    assert rows_of(store, "select count(*) from failures where stage = 'audio'") == [(0,)]
    assert rows_of(store, "select count(variant) from variants") == [(0,)]


def test_the_dictionary_describes_the_columns(store):
    [row] = rows_of(store, "from columns where name = 'pitch_mean'")
    assert row == ("pitch_mean", "float32", "Hz", "Mean F0 over voiced frames; null if nothing is voiced.")
    assert rows_of(store, "select count(*) from columns") == [(len(store.table().column_names),)]


def test_long_results_come_in_batches(store):
    with query(store, "select a.file_id from files a, files b") as result:
        sizes = [len(batch) for batch in result.batches()]
    assert sum(sizes) == 72 * 72
    assert max(sizes) == 1_000


def test_other_reading_statements(store):
    words = "'angry', 'neutral', 'sad'"
    assert rows_of(store, "describe files")[0][:2] == ("dataset", "VARCHAR")
    assert rows_of(store, f"from (pivot files on emotion in ({words}) using count(*) group by dataset)") == [
        ("own", 24, 24, 24)
    ]


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("copy files to '/tmp/stolen.csv'", "copy"),
        ("attach '/tmp/stolen.db'", "attach"),
        ("install httpfs", "load"),
        ("load httpfs", "load"),
        ("set threads = 1", "set"),
        ("pragma memory_limit = '1GB'", "set"),
        ("create table t as from files", "create"),
        ("export database '/tmp/stolen'", "export"),
        ("delete from files", "delete"),
        ("explain analyze copy files to '/tmp/stolen.csv'", "explain"),
        ("call duckdb_settings()", "call"),
    ],
)
def test_statements_that_do_more_than_read_are_refused(store, sql, kind):
    assert refusal(store, sql) == (
        f"found a statement that does more than read ({kind}), expected a select: nothing is changed or "
        "written by a query; for a file, use ser store export"
    )


@pytest.mark.parametrize(
    "source",
    [
        "read_csv('/etc/passwd')",
        "read_text('/etc/passwd')",
        "read_parquet('/etc/passwd')",
        "glob('/etc/*')",
        "'/etc/passwd.csv'",
        "read_csv('https://example.org/x.csv')",
    ],
)
def test_nothing_outside_of_the_store_is_read(store, source):
    text = refusal(store, f"select * from {source}")
    assert text.endswith("a query can read files, variants, labels, failures and columns and nothing else")


def test_settings_are_locked(store):
    with query(store, "select current_setting('enable_external_access')") as result:
        assert list(result.batches()) == [[(False,)]]
        connection = result._connection
        for change in ("set enable_external_access = true", "set lock_configuration = false"):
            with pytest.raises(Exception, match=r"configuration has been locked|Cannot"):
                connection.execute(change)


def test_python_variables_are_no_tables(store):
    stolen = store.files()
    assert len(stolen)
    assert refusal(store, "from stolen") == (
        "Table with name stolen does not exist: expected files, variants, labels, failures and columns"
    )


def test_errors_are_one_line(store):
    text = refusal(store, "select pich_mean from files")
    assert text.startswith(
        'Referenced column "pich_mean" not found in FROM clause! Candidate bindings: "pitch_'
    )
    assert 'ser store query "describe files"' in text
    assert refusal(store, "selec 1").startswith(
        'syntax error at or near "selec": expected SQL, such as select'
    )
    assert refusal(store, "") == (
        "found 0 SQL statements, expected one, such as select emotion, count(*) from files group by emotion"
    )
    assert refusal(store, "select 1; select 2").startswith("found 2 SQL statements, expected one")
    assert refusal(store, "select sum(emotion) from files").endswith(
        "to add explicit type casts: the tables are files, variants, labels, failures and columns"
    )
    assert refusal(store, "select emotion::int from files").startswith("Could not convert string")


def test_only_the_columns_of_the_statement_are_read(copied):
    damage(copied, "audio_sha256")
    assert rows_of(copied, "select count(duration_sec) from files") == [(72,)]
    with pytest.raises(StoreError, match=r"a table cannot be read \(.+\): run ser store verify --store"):
        rows_of(copied, "select max(audio_sha256) from files")


def test_only_the_corpora_of_the_statement_are_read(copied):
    other = copied.root / "files" / "dataset=other"
    shutil.copytree(copied.root / "files" / "dataset=own", other)
    damage(copied, "duration_sec", "other")
    assert rows_of(copied, "select count(duration_sec) from files where dataset = 'own'") == [(72,)]
    with pytest.raises(StoreError, match="cannot be read"):
        rows_of(copied, "select count(duration_sec) from files")


def test_own_columns_may_differ_by_corpus(copied):
    folder = copied.root / "files" / "dataset=other"
    folder.mkdir()
    for part in copied.parts("own"):
        table = pq.read_table(part, partitioning=None)
        pq.write_table(table.append_column("room", [["hall"] * len(table)]), folder / part.name)
    rows = rows_of(copied, "select dataset, room, count(*) from files group by all order by all")
    assert rows == [("other", "hall", 72), ("own", None, 72)]
    assert rows_of(copied, "select name, type from columns where name = 'room'") == [("room", "string")]


def damage(store: Store, column: str, dataset: str = "own") -> None:
    """Overwrite the values of one column in all tables of a corpus."""
    for part in store.parts(dataset):
        file = pq.ParquetFile(part)
        index = file.schema_arrow.names.index(column)
        content = bytearray(part.read_bytes())
        for group in range(file.num_row_groups):
            chunk = file.metadata.row_group(group).column(index)
            start = chunk.dictionary_page_offset or chunk.data_page_offset
            content[start : start + chunk.total_compressed_size] = b"\xff" * chunk.total_compressed_size
        part.write_bytes(content)
