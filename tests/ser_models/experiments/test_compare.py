"""A recipe compared with other models and with parts of it switched off, on the same folds."""

import json
import shutil
from collections.abc import Iterator

import pandas as pd
import pytest

from ser_features.errors import InputError
from ser_features.store import open_store
from ser_models.evaluation.comparison import ComparedRows
from ser_models.evaluation.score import score
from ser_models.experiments.compare import compare, folder_of
from ser_models.experiments.compare_row import Folds
from ser_models.experiments.reproduce import Callbacks, Reproduction
from ser_models.models.logistic import Logistic
from ser_models.recipes.comparisons import ablations, declared
from ser_models.recipes.read import load
from ser_models.recipes.schema import Comparison
from ser_models.reporting.report.comparison import numbers
from tests.faults.serial import in_this_process

RECIPE = """
title = "Lines on tones"
source = "nowhere"
choices = []
datasets = ["{table}"]
classes = ["angry", "neutral", "sad"]
profile = "speech16k+bone"

[model]
name = "logistic"

[paper]
split = "random"
shares = [0.7, 0.15, 0.15]
augment = "all"
description = "all clips"

[honest]
split = "speaker"
folds = 3
description = "three folds over speakers"

[quick]
folds = 2

[[variants]]
name = "louder"
transform = "gain"
factor = [1.1, 1.5]

[[comparisons]]
name = "neighbours"
system = "k-NN"
source = "Table I"
note = "k is ours"
changes = {{ model = {{ name = "knn", n_neighbors = 3 }}, variants = [] }}
claims = {{ accuracy = 0.7 }}

[[comparisons]]
name = "embeddings"
system = "Trees on embeddings"
source = "Table I"
unavailable = "no package has the encoder's weights"

[[comparisons]]
name = "acted"
system = "another corpus"
changes = {{ datasets = ["savee"] }}

[[comparisons]]
name = "copy"
system = "the same recordings under another name"
changes = {{ datasets = ["{copy}"] }}
"""


@pytest.fixture(scope="module", autouse=True)
def _in_this_process() -> Iterator[None]:
    with in_this_process():
        yield


@pytest.fixture(scope="module")
def job(recordings, tmp_path_factory) -> Reproduction:
    folder = tmp_path_factory.mktemp("compared")
    recordings = shutil.copytree(recordings, folder / "recordings")
    lines = (recordings / "own.csv").read_text().splitlines(keepends=True)
    half, few = recordings / "half.csv", recordings / "few.csv"
    half.write_text("".join(lines[:1] + lines[1::2]))
    few.write_text("".join(lines[:1] + lines[1:37:4]))
    (folder / "tones.toml").write_text(RECIPE.format(table=half, copy=few))
    recipe = load(str(folder / "tones.toml"))
    return Reproduction(recipe, "honest", recordings, folder / "out", command="ser reproduce")


@pytest.fixture(scope="module")
def compared(job) -> ComparedRows:
    return compare(job, [*declared(job.recipe), *ablations(job.recipe, ["louder", "augmentation"])])


def test_every_row_is_listed_beside_the_paper(job, compared):
    rows = {row.name: row for row in compared.rows}
    assert list(rows) == [
        "recipe", "neighbours", "embeddings", "acted", "copy", "without_louder", "without_augmentation",
    ]  # fmt: skip
    assert rows["neighbours"].claims.accuracy == 0.7
    assert rows["neighbours"].measured.model == "knn"
    assert "k is ours" in rows["neighbours"].notes
    assert rows["embeddings"].reason == "no package has the encoder's weights"
    assert rows["acted"].reason.startswith("savee: no folder named")
    assert [row.measured is None for row in rows.values()] == [False, False, True, True, False, False, False]
    text = (folder_of(job) / "compare.json").read_text()
    assert ComparedRows.from_json(text) == ComparedRows.from_json(compared.to_json())
    assert json.loads(text)["command"] == "ser reproduce"
    page = (folder_of(job) / "compare.html").read_text()
    assert "no package has the encoder&#39;s weights" in page
    assert "70.0\xa0%" in page
    table = pd.read_csv(folder_of(job) / "compare.csv")
    assert table["row"].tolist() == list(rows)
    assert list(table) == list(numbers(compared))


def test_rows_share_folds_and_are_paired(job, compared):
    tables = {
        row.name: pd.read_parquet(folder_of(job) / "rows" / row.name / "predictions.parquet")
        for row in compared.rows
        if row.measured
    }
    own = tables["recipe"].set_index("file_id")["fold"]
    for name in ("neighbours", "without_louder", "without_augmentation"):
        assert tables[name].set_index("file_id")["fold"].sort_index().equals(own.sort_index())
    for row in compared.rows[1:]:
        assert (row.difference is not None) == (row.name in tables and row.name != "copy")
        if row.difference:
            labels = ("angry", "neutral", "sad")
            uars = [score(tables[name], labels, seed=0).uar for name in (row.name, "recipe")]
            assert row.difference.uar == pytest.approx(uars[0] - uars[1])
            assert row.difference.low <= row.difference.uar <= row.difference.high
            assert row.difference.recordings == 36
    copied = next(row for row in compared.rows if row.name == "copy")
    assert any(note.startswith("its own folds") for note in copied.notes)


def test_finished_rows_are_not_trained_again(job, compared, monkeypatch):
    trained = []
    fit = Logistic.fit
    monkeypatch.setattr(Logistic, "fit", lambda *a: trained.append(1) or fit(*a))
    result = folder_of(job) / "rows" / "without_louder" / "row.json"
    result.write_text(result.read_text()[:-9])  # a damaged row is trained again, alone
    lines: list[str] = []
    again = compare(job, ablations(job.recipe, ["louder"]), Callbacks(lines.append))
    assert len(trained) == 3
    before = {row.name: row.measured.uar for row in compared.rows if row.measured}
    assert all(row.measured.uar == before[row.name] for row in again.rows)
    assert "row 2 of 2: without_louder" in lines


def test_copies_are_on_the_sides_of_the_recipes_own_row(job):
    paper = compare(
        Reproduction(job.recipe, "paper", job.data, job.out, changes={"C": 0.5}),
        ablations(job.recipe, ["louder"]),
    )
    own, without = paper.rows
    assert own.measured.tested > without.measured.tested == without.difference.recordings
    assert paper.notes == ("changed from the recipe: C = 0.5 instead of 0.1",)


@pytest.mark.long
def test_a_row_of_another_profile_has_a_store_of_its_own(job):
    own, without = compare(job, ablations(job.recipe, ["bone"])).rows
    assert own.measured.log_loss != without.measured.log_loss
    assert own.measured.tested == without.difference.recordings == 36
    profiles = {path.name: open_store(path).profile.name for path in job.out.glob("store*")}
    assert profiles == {"store": "speech16k+bone", "store-speech16k-core": "speech16k"}


@pytest.mark.long
def test_the_own_row_has_to_run(job, tmp_path):
    with pytest.raises(InputError, match="no folder named"):
        compare(
            Reproduction(job.recipe, "honest", tmp_path, tmp_path, changes={"datasets": ["savee"]}),
            [Comparison(name="one", system="one")],
        )


def test_folds_of_part_of_the_recordings(make_examples):
    from ser_models.data.split import make_split

    examples = make_examples(speakers=6)
    folds = Folds(examples, make_split(examples, folds=3, final_model=False))
    speaker = examples.rows["speaker"] == examples.rows["speaker"].iloc[0]
    assert folds.of(examples).table.equals(folds.split.table)
    assert folds.of(examples.take(examples.rows.loc[speaker, "file_id"].tolist())) is None
    most = examples.take(examples.rows["file_id"].tolist()[1:])
    assert len(folds.of(most).table) == 3 * len(most)
