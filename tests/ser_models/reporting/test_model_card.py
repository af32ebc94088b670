"""The model card has the metadata and the results of an artifact."""

from dataclasses import replace

import pytest

from ser_models.artifact.metadata import ArtifactMetadata
from ser_models.evaluation.entries import Finding
from ser_models.reporting.model_card import write_model_card
from tests.results import make_result

METADATA = ArtifactMetadata(
    model="mlp",
    parameters={},
    labels=["angry", "neutral", "sad"],
    label_map={"calm": "neutral"},
    inputs={},
    profile="speech16k",
    digest="abc",
    datasets=["demo", "a|b", "ravdess"],
    synthetic=True,
    protocol="speaker-disjoint, 2 folds",
    seed=3,
    reproducible=True,
    final_fold=-1,
    versions={"ser": "0.1.0"},
    files={},
    speaker_norm=12,
)
CONFOUND = Finding("level", "the level alone gives UAR 0.95, chance 0.33", 3)
LEAK = Finding("speaker", "1 speaker is in both train and test: a", 1)


@pytest.fixture
def card_of(tmp_path):
    def text(metadata, result):
        write_model_card(tmp_path / "README.md", metadata, result)
        return (tmp_path / "README.md").read_text(encoding="utf-8")

    return text


def test_a_card_with_everything(card_of):
    result = make_result(
        {
            **{"leakage": (LEAK,), "confounds": (CONFOUND,)},
            **{"notes": ("a note", "another"), "transductive": True},
            **{"command": "ser train --model mlp", "date": "2025-11-20", "fingerprint": "0123"},
            "files": {"demo": 60, "a|b": 3},
        }
    )
    text = card_of(METADATA, result)
    low, high = result.uar_ci95
    row = result.per_class["sad"]
    for line in (
        "# mlp on demo, a|b, ravdess",
        "Recognises 3 acted emotions in speech: angry, neutral, sad.",
        "**Trained on synthetic speech: the results say nothing about human speech.**",
        r"| a\|b | 3 | the user's own |",
        "| ravdess | unknown | CC BY-NC-SA 4.0 |",
        "RAVDESS (language en, 24 speakers in all): Livingstone SR, Russo FA",
        "- a note\n- another",
        f"UAR {result.uar:.3f} (transductive), 95 % interval {low:.3f} to {high:.3f} over 5 speakers, "
        f"chance 0.333; accuracy {result.accuracy:.3f}, macro F1 {result.macro_f1:.3f}.",
        "**Leaks were found: expect a lower UAR for new speakers.**",
        f"- speaker: {LEAK.message}",
        "**Confounds were found: the UAR may measure them instead of emotions.**",
        f"- {CONFOUND.message}",
        f"| sad | {row.recall:.3f} | {row.precision:.3f} | {row.f1:.3f} | {row.support} |",
        "Emotions that count as another: calm as neutral.",
        "- command: `ser train --model mlp`",
        "- date: 2025-11-20; seed: 3; features: speech16k (abc)",
        "- data fingerprint: 0123",
        "- versions: ser 0.1.0",
    ):
        assert f"\n{line}" in f"\n{text}"
    for sentence in ("Do not use it to judge people", "12 per speaker in its test", "Transductive: "):
        assert sentence in text


def test_a_plain_card_leaves_out_what_does_not_apply(card_of):
    plain = replace(METADATA, datasets=["emodb"], synthetic=False, speaker_norm=0, label_map={})
    text = card_of(plain, make_result())
    assert "Leaks between training and test: none found." in text
    for absent in ("synthetic", "Transductive", "--speakers", "count as another", "command"):
        assert absent not in text


@pytest.mark.parametrize(
    ("datasets", "acted"), [(["emodb"], True), (["mine"], False), (["mine", "msppodcast"], False)]
)
def test_emotions_are_called_acted_only_if_a_corpus_is(card_of, datasets, acted):
    text = card_of(replace(METADATA, datasets=datasets), make_result())
    assert f"\nRecognises 3 {'acted ' if acted else ''}emotions in speech: angry, neutral, sad.\n" in text
    assert ("corpora below and on emotions that were acted. It does not recognise" in text) == acted
    assert ("corpora below. It does not recognise what a person feels." in text) != acted
