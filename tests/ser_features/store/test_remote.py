"""A store on an object store: moto's S3 server on the loopback device."""

import io
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ser_cli.main import main

from ser_features.engine import ExtractReport, extract_corpora
from ser_features.errors import InputError, StoreError
from ser_features.store import open_store
from ser_features.store.compact import compact
from ser_features.store.export import export
from ser_features.store.layout import store_root
from ser_features.store.query import query
from ser_features.store.remote import RemotePath, client
from ser_features.store.verify import verify
from tests.faults.serial import Serial
from tests.ser_features.conftest import TONES

ADDRESS = "s3://bucket/stores/tess"


@pytest.fixture(scope="module")
def server():
    """A running S3 server, and AWS's environment variables that point to it."""
    moto = pytest.importorskip("moto.server", reason="moto is not installed: pip install 'ser-toolkit[test]'")
    boto3 = pytest.importorskip("boto3")
    running = moto.ThreadedMotoServer(port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        environment.setenv("AWS_ACCESS_KEY_ID", "test")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
        client.cache_clear()
        yield boto3.client("s3")
        client.cache_clear()
    running.stop()


@pytest.fixture
def bucket(server, tmp_path, monkeypatch):
    """An empty bucket; frames are cached in a folder of the test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    server.create_bucket(Bucket="bucket")
    yield server
    for one in server.list_objects_v2(Bucket="bucket").get("Contents", []):
        server.delete_object(Bucket="bucket", Key=one["Key"])


@pytest.fixture
def extract(bucket, tess: Path) -> Callable[..., ExtractReport]:
    def run(**changes: object) -> ExtractReport:
        options = {"data": tess, "store": store_root(ADDRESS), "runner": Serial(), **changes}
        return extract_corpora(["tess"], **options)

    return run


def objects(bucket) -> dict[str, str]:
    """Content hash and time of every object."""
    listed = bucket.list_objects_v2(Bucket="bucket").get("Contents", [])
    return {one["Key"]: f"{one['ETag']} {one['LastModified']}" for one in listed}


def test_extract_resume_and_read(extract, tess_store, bucket, tmp_path):
    assert extract(limit=7).stored == 7
    assert extract().stored == TONES - 7
    before = objects(bucket)
    report = extract()
    assert (report.stored, report.unchanged) == (0, TONES)
    assert objects(bucket) == before
    local, remote = open_store(tess_store), open_store(store_root(ADDRESS))
    position = ["frame_shard", "frame_offset"]
    pd.testing.assert_frame_equal(remote.files().drop(columns=position), local.files().drop(columns=position))
    for family in ("mel", "mfcc"):
        pairs = zip(remote.frames(remote.files(), family), local.frames(local.files(), family), strict=True)
        assert all(np.array_equal(theirs, ours) for theirs, ours in pairs)
    with query(remote, "select dataset, count(*), count(duration_sec) from files group by 1") as answer:
        assert list(answer.batches()) == [[("tess", TONES, TONES)]]
    export(remote, "csv", tmp_path / "tess.csv")
    assert pd.read_csv(tmp_path / "tess.csv")["file_id"].tolist() == remote.files()["file_id"].tolist()
    rows = pd.read_parquet(f"{ADDRESS}/files")
    assert sorted(rows["file_id"]) == list(local.files()["file_id"])


@pytest.mark.long
def test_damage_is_found_and_repaired(extract, bucket):
    extract()
    for suffix in ("store.json", "part-00000.parquet", ".mel.npy"):
        key = next(key for key in objects(bucket) if key.endswith(suffix))
        time.sleep(1.1)  # an object's time has no fractions of a second
        content = bytearray(bucket.get_object(Bucket="bucket", Key=key)["Body"].read())
        content[len(content) // 2] ^= 1
        bucket.upload_fileobj(io.BytesIO(content), "bucket", key)
        assert [f"stores/tess/{problem.path}" for problem in verify(store_root(ADDRESS)).problems] == [key]
        extract()
        assert verify(store_root(ADDRESS)).problems == []


@pytest.mark.long
def test_the_command_line_extracts_shows_and_trains(extract, bucket, tess, tmp_path, capsys):
    words = ["extract", "--datasets", "tess", "--data", str(tess), "--store", ADDRESS, "--features", "core"]
    with pytest.raises(SystemExit) as done:
        main(words)
    assert done.value.code == 0
    assert f"next: ser train --model logistic --store {ADDRESS}" in capsys.readouterr().out
    with pytest.raises(SystemExit) as done:
        main(["store", "info", "--store", ADDRESS])
    assert done.value.code == 0
    assert capsys.readouterr().out.splitlines()[-1].split()[:2] == ["tess", str(TONES)]
    out = tmp_path / "model"
    with pytest.raises(SystemExit) as done:
        main(["train", "--model", "logistic", "--store", ADDRESS, "--out", str(out), "--split", "random"])
    assert done.value.code == 0
    assert (out / "metrics.json").is_file()


@pytest.mark.long
def test_missing_stores_and_unsupported_operations_are_errors(bucket, extract, monkeypatch):
    with pytest.raises(InputError, match=r"no store at s3://bucket/nowhere: expected s3://bucket/nowhere/st"):
        open_store(store_root("s3://bucket/nowhere"))
    extract(limit=2)
    with pytest.raises(StoreError, match="has no locks: expected a local or shared file system"):
        compact(open_store(store_root(ADDRESS)))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    client.cache_clear()
    with pytest.raises(StoreError, match=r"store\.json cannot be read .*: check the path, your permissions"):
        open_store(store_root(ADDRESS))


@pytest.mark.parametrize("text", ["ftp://host/store", "s3://", "gs://bucket/store"])
def test_other_addresses_are_refused(text):
    with pytest.raises(InputError, match="is no place for a store: expected a folder, or s3://bucket/prefix"):
        store_root(text)


def test_a_folder_is_a_plain_path(tmp_path):
    assert store_root(str(tmp_path)) == tmp_path
    assert not isinstance(store_root("data/store"), RemotePath)
