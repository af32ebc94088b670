"""Answers to recordings that are longer than those of the training.

test speakers of a model of RAVDESS → eleven clips of one speaker, joined → `Predictor.predict` → table

    python -m benchmarks.accuracy.long_recordings MODEL... --write docs/calls.md

Each model is the artifact of `ser train --datasets ravdess` with a split of its own (`--seed`); its test
speakers are neither in its training nor in its calibration. Of each test speaker, every emotion is joined
into a steady recording (eight clips, four of neutral), and random clips into as many recordings of eleven.
Printed are, of the answer as a whole (the features of the whole recording, as one input of the model) and of
the answer by windows: accuracy and mean confidence for steady recordings, and the share of all recordings
that are mixed. A confidence is calibrated where it equals the accuracy.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.options import parser
from benchmarks.pages import write_between
from ser_features import corpora
from ser_features.audio import Audio, decode
from ser_models.inference import Prediction, PredictOptions, Predictor, load
from ser_models.inference.recording import analyse_recording

BEGIN, END = "<!-- begin: long recordings -->", "<!-- end -->"
"""Markers of the table in a page."""

CLIPS = 11
"""Clips of a recording of several emotions."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Both answers to a joined recording.

    Attributes:
        emotion: of all its clips; None for several emotions.
        whole: the answer of the model to the whole recording as one input.
        pooled: the answer by windows.
    """

    emotion: str | None
    whole: Prediction
    pooled: Prediction


def answers(predictor: Predictor, data: Path) -> Iterator[Answered]:
    """Recognise joined recordings of the test speakers of a model.

    Args:
        predictor: trained on RAVDESS.
        data: data root.
    """
    split = pd.read_parquet(predictor.artifact.path("splits.parquet"))
    final = split[(split["fold"] == predictor.artifact.metadata.final_fold) & (split["split"] == "test")]
    names = {path.stem: path.relative_to(data) for path in (data / "ravdess").rglob("*.*")}
    clips = final.assign(stem=final["file_id"].str.partition("/")[2]).sort_values("stem")
    corpus = corpora.get("ravdess")
    clips["emotion"] = [corpus.parse(names[stem].as_posix()).emotion for stem in clips["stem"]]
    rng = np.random.default_rng(0)
    for _, speaker in clips.groupby("speaker"):
        by_emotion = list(speaker.groupby("emotion"))
        for emotion, steady in by_emotion:
            yield answered(predictor, emotion, [data / names[stem] for stem in steady["stem"]])
        for _ in by_emotion:
            random = rng.choice(speaker["stem"], CLIPS, replace=False)
            yield answered(predictor, None, [data / names[stem] for stem in random])


def answered(predictor: Predictor, emotion: str | None, paths: Sequence[Path]) -> Answered:
    """Recognise a recording as a whole and by its windows.

    Args:
        predictor: the model.
        emotion: of all clips; None for several.
        paths: of the clips.
    """
    parts = [decode(path, min_seconds=0.1, max_seconds=60) for path in paths]
    rate = parts[0].sample_rate
    audio = Audio(np.concatenate([part.signal for part in parts]), rate, channels=1)
    options = PredictOptions()
    analysis = analyse_recording(audio, predictor.profile, predictor.families, options)
    [whole] = predictor.predict_analyses([analysis], [""], options)
    return Answered(emotion, whole, predictor.predict((audio.signal, rate)))


def table(results: Sequence[Answered]) -> str:
    """Format the results as a Markdown table."""
    steady = [one for one in results if one.emotion is not None]
    changing = [one for one in results if one.emotion is None]
    lines = [
        "| answer | steady: accuracy | steady: mean confidence | steady: mixed | several emotions: mixed |",
        "|---|---|---|---|---|",
    ]
    for name in ("whole", "pooled"):
        own = [(one.emotion, getattr(one, name)) for one in steady]
        sure = [(emotion, one) for emotion, one in own if one.verdict != "mixed"]
        mixed = np.mean([getattr(one, name).verdict == "mixed" for one in changing])
        cells = (
            np.mean([emotion == one.emotion for emotion, one in sure]),
            np.mean([one.top[0]["probability"] for _, one in sure]),
            1 - len(sure) / len(own),
            mixed,
        )
        title = {"whole": "as a whole", "pooled": "by windows"}[name]
        lines.append(f"| {title} | " + " | ".join(f"{100 * cell:.0f}%" for cell in cells) + " |")
    count = f"{len(steady)} steady recordings and {len(changing)} of several emotions"
    return "\n".join([*lines, "", f"{count}; accuracy and confidence are those of recordings not mixed."])


def main() -> None:
    """Recognise the recordings with every model and print the table of all."""
    arguments = parser(__doc__)
    arguments.add_argument("models", nargs="+", type=Path, help="artifacts")
    arguments.add_argument("--write", type=Path, help="page to write the table into")
    options = arguments.parse_args()
    results = [one for model in options.models for one in answers(load(model), options.data)]
    text = table(results)
    print(text)
    if options.write:
        write_between(options.write, BEGIN, END, text)


if __name__ == "__main__":
    main()
