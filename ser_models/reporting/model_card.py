"""README.md of an artifact: a model card (Mitchell et al., Model Cards for Model Reporting, 2019).

`ArtifactMetadata`, `EvaluationResult` → `write_model_card` → README.md
"""

from collections.abc import Iterator
from pathlib import Path

from ser_features import corpora
from ser_features.download import licence_of
from ser_models.artifact.metadata import ArtifactMetadata
from ser_models.evaluation.result import EvaluationResult
from ser_models.reporting.text import noun, nouns, sentence, uar_line, untested


def write_model_card(path: Path, metadata: ArtifactMetadata, result: EvaluationResult) -> None:
    """Write intended use, training data, results and provenance of a model as Markdown.

    Args:
        path: the file.
        metadata: of the artifact.
        result: of its test.
    """
    sections = (_title, _use, _data, _results, _classes, _details)
    text = "\n".join(line for section in sections for line in (*section(metadata, result), ""))
    path.write_text(text.rstrip() + "\n", encoding="utf-8")


def _title(metadata: ArtifactMetadata, result: EvaluationResult) -> Iterator[str]:
    yield f"# {metadata.model} on {', '.join(metadata.datasets)}"
    yield ""
    acted = "acted " if _is_acted(metadata) else ""
    names = ", ".join(metadata.labels)
    yield f"Recognises {len(metadata.labels)} {acted}{nouns(metadata.target)} in speech: {names}."
    if metadata.synthetic:
        yield ""
        yield "**Trained on synthetic speech: the results say nothing about human speech.**"


def _use(metadata: ArtifactMetadata, result: EvaluationResult) -> Iterator[str]:
    yield "## Use"
    yield ""
    yield "```"
    yield "ser predict path/to/this/folder some.wav"
    yield "ser app path/to/this/folder"
    yield "```"
    yield ""
    if metadata.speaker_norm:
        yield (
            "The model normalises by speaker: pass several recordings of one speaker together "
            f"({metadata.speaker_norm} per speaker in its test), or name the speakers with `--speakers`."
        )
        yield ""
    acted = " and on emotions that were acted" if _is_acted(metadata) else ""
    limits = (
        "It does not recognise what a person feels."
        if metadata.target == "emotion"
        else f"Predictions name the {noun(metadata.target)} in the column `emotion`."
    )
    yield (
        "The model was trained on the speakers, sentences, rooms and microphones of the corpora below"
        f"{acted}. {limits} Do not use it to judge people or to decide about them, "
        "at work, at school, in health care or in law. `ood_score` in its predictions is the distance to the "
        "training data; above 1, do not rely on the prediction."
    )


def _data(metadata: ArtifactMetadata, result: EvaluationResult) -> Iterator[str]:
    yield "## Training data"
    yield ""
    yield "| corpus | recordings used | licence |"
    yield "|---|---|---|"
    published = {name: corpora.find(name) for name in metadata.datasets}
    for name, corpus in published.items():
        licence = licence_of(corpus) if corpus else "the user's own"
        yield f"| {_cell(name)} | {result.files.get(name, 'unknown')} | {_cell(licence)} |"
    for corpus in filter(None, published.values()):
        yield ""
        voices = f", {corpus.speakers} speakers in all" if corpus.speakers else ""
        yield f"{corpus.title} (language {corpus.language}{voices}): {corpus.citation}"
    if result.notes:
        yield ""
        yield from (f"- {note}" for note in result.notes)


def _results(metadata: ArtifactMetadata, result: EvaluationResult) -> Iterator[str]:
    yield "## Results"
    yield ""
    yield f"Protocol: {result.protocol}; {result.n} test recordings."
    yield ""
    if result.transductive:
        yield (
            "Transductive: speaker normalisation used all recordings of each test speaker, without labels. "
            "The UAR for a single recording of a new speaker is lower."
        )
        yield ""
    yield (
        f"{uar_line(result, transductive=result.transductive)}; accuracy {result.accuracy:.3f}, "
        f"macro F1 {result.macro_f1:.3f}."
    )
    yield ""
    if result.untested and result.uar is not None:
        yield f"**{sentence(untested(result))}**"
        yield ""
    if result.leakage:
        yield "**Leaks were found: expect a lower UAR for new speakers.**"
        yield ""
        yield from (f"- {finding.kind}: {finding.message}" for finding in result.leakage)
    else:
        yield "Leaks between training and test: none found."
    if result.confounds:
        yield ""
        yield f"**Confounds were found: the UAR may measure them instead of {nouns(result.target)}.**"
        yield ""
        yield from (f"- {finding.message}" for finding in result.confounds)


def _classes(metadata: ArtifactMetadata, result: EvaluationResult) -> Iterator[str]:
    yield f"| {_cell(noun(result.target))} | recall | precision | F1 | recordings |"
    yield "|---|---|---|---|---|"
    for label, row in result.per_class.items():
        yield f"| {_cell(label)} | {row.recall:.3f} | {row.precision:.3f} | {row.f1:.3f} | {row.support} |"
    if metadata.label_map:
        merged = ", ".join(f"{emotion} as {label}" for emotion, label in metadata.label_map.items())
        yield ""
        yield f"{sentence(nouns(result.target))[:-1]} that count as another: {merged}."


def _details(metadata: ArtifactMetadata, result: EvaluationResult) -> Iterator[str]:
    yield "## Run details"
    yield ""
    if result.command:
        yield f"- command: `{result.command}`"
    yield f"- date: {result.date}; seed: {metadata.seed}; features: {metadata.profile} ({metadata.digest})"
    yield f"- data fingerprint: {result.fingerprint}"
    yield f"- versions: {', '.join(f'{name} {version}' for name, version in metadata.versions.items())}"
    yield ""
    yield (
        "`report.html` has all metrics and figures, `predictions.parquet` all predictions, `splits.parquet` "
        "the split."
    )


def _is_acted(metadata: ArtifactMetadata) -> bool:
    """Whether the model recognises emotions, and some of its training corpora are known to be acted."""
    published = (corpora.find(name) for name in metadata.datasets)
    return metadata.target == "emotion" and any(corpus.acted for corpus in published if corpus)


def _cell(text: str) -> str:
    """Escape the separator of table cells."""
    return text.replace("|", "\\|")
