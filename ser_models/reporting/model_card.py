"""README.md of an artifact: the model card (Mitchell et al., 2019), for people and for pages of models.

`ArtifactMetadata`, content of metrics.json → `write_model_card` → README.md
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ser_features import corpora
from ser_models.artifact.metadata import ArtifactMetadata


def write_model_card(path: Path, metadata: ArtifactMetadata, metrics: Mapping[str, Any]) -> None:
    """Say what a model is, what it was trained on, how it was measured, and what it must not be used for.

    Args:
        path: the file.
        metadata: of the artifact.
        metrics: the content of its metrics.json.
    """
    sections = (_head, _use, _data, _figures, _classes, _making)
    text = "\n".join(line for section in sections for line in (*section(metadata, metrics), ""))
    path.write_text(text.rstrip() + "\n", encoding="utf-8")


def _head(metadata: ArtifactMetadata, metrics: Mapping[str, Any]) -> Iterator[str]:
    yield f"# {metadata.model} on {', '.join(metadata.datasets)}"
    yield ""
    yield f"Recognises {len(metadata.labels)} acted emotions in speech: {', '.join(metadata.labels)}."
    if metadata.synthetic:
        yield ""
        yield "**Trained on synthetic speech: it shows that the system runs and says nothing of people.**"


def _use(metadata: ArtifactMetadata, metrics: Mapping[str, Any]) -> Iterator[str]:
    yield "## Use"
    yield ""
    yield "```"
    yield "ser predict path/to/this/folder some.wav"
    yield "ser app path/to/this/folder"
    yield "```"
    yield ""
    if metadata.speaker_norm:
        yield (
            f"It takes the voice of a speaker out of their recordings: give several of one speaker together "
            f"(its test had {metadata.speaker_norm} of each), or name the speakers with `--speakers`."
        )
        yield ""
    yield (
        "It knows the voices, sentences, rooms and microphones of the corpora below, and emotions that were "
        "acted in them. What people feel it does not know. Do not use it to judge a person, at work, at "
        "school, in health care or in law. `distance` in its answers says how far a recording is from its "
        "training data; above 1 an answer should not be trusted."
    )


def _data(metadata: ArtifactMetadata, metrics: Mapping[str, Any]) -> Iterator[str]:
    yield "## Training data"
    yield ""
    yield "| corpus | recordings used | licence |"
    yield "|---|---|---|"
    for name in metadata.datasets:
        count = metrics.get("files", {}).get(name)
        yield f"| {_cell(name)} | {count if count is not None else 'unknown'} | {_cell(_licence(name))} |"
    for note in metrics["notes"]:
        yield f"- {note}" if note != metrics["notes"][0] else f"\n- {note}"


def _figures(metadata: ArtifactMetadata, metrics: Mapping[str, Any]) -> Iterator[str]:
    low, high = metrics["interval"]
    yield "## Results"
    yield ""
    yield f"Protocol: {metrics['protocol']}; {metrics['n']} recordings tested."
    yield ""
    if metrics.get("transductive"):
        yield (
            "Transductive: every figure was made with all recordings of each tested speaker together, "
            "unlabelled. A single recording of a stranger is recognised less well."
        )
        yield ""
    yield "| UAR | 95 % interval | chance | accuracy | macro F1 |"
    yield "|---|---|---|---|---|"
    yield (
        f"| {metrics['uar']:.3f} | {low:.3f}–{high:.3f}, over {metrics['interval_over']} | "
        f"{metrics['chance']:.3f} | {metrics['accuracy']:.3f} | {metrics['macro_f1']:.3f} |"
    )
    yield ""
    if not metrics["leakage"]:
        yield "Leaks between training and test: none found."
        return
    yield "**Leaks were found: new voices will be recognised less well than these figures say.**"
    yield ""
    for finding in metrics["leakage"]:
        yield f"- {finding['kind']}: {finding['message']}"


def _classes(metadata: ArtifactMetadata, metrics: Mapping[str, Any]) -> Iterator[str]:
    yield "| emotion | recall | precision | F1 | recordings |"
    yield "|---|---|---|---|---|"
    for label, row in metrics["per_class"].items():
        values = " | ".join(f"{row[name]:.3f}" for name in ("recall", "precision", "f1"))
        yield f"| {label} | {values} | {row['support']} |"
    if metadata.label_map:
        yield ""
        mapped = ", ".join(f"{emotion} as {label}" for emotion, label in metadata.label_map.items())
        yield f"Counted as another emotion: {mapped}."


def _making(metadata: ArtifactMetadata, metrics: Mapping[str, Any]) -> Iterator[str]:
    yield "## How it was made"
    yield ""
    if metrics.get("command"):
        yield f"- command: `{metrics['command']}`"
    yield (
        f"- date: {metrics['date']}; seed: {metadata.seed}; features: {metadata.profile} ({metadata.digest})"
    )
    yield f"- data fingerprint: {metrics['fingerprint']}"
    yield f"- versions: {', '.join(f'{name} {version}' for name, version in metadata.versions.items())}"
    yield ""
    yield "`report.html` has the figures, `predictions.parquet` every answer, `splits.parquet` all sides."


def _licence(name: str) -> str:
    corpus = corpora.find(name)
    return corpus.licence if corpus else "the user's own"


def _cell(text: str) -> str:
    """Keep a name from ending the cell it stands in."""
    return text.replace("|", "\\|")
