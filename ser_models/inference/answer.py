"""Probabilities and the kind of sound of one recording → its `Prediction`, with verdict and warnings.

probabilities of the recording ─┐
windows → `timeline.pool` ──────┴→ `answer_of` (ranking, verdict, warnings) → `Prediction`
"""

from collections.abc import Sequence
from typing import Any

from ser_models.inference.prediction import Prediction, PredictOptions, Verdict, join_warnings, ranked
from ser_models.inference.timeline import WindowPrediction, pool
from ser_models.ood.sound import WARNINGS, SoundEvidence

POOLED_WARNING = "longer than the training recordings: recognised by its windows"
"""Warning of files and signals that are recognised so; of a stream it is no surprise."""

UNSURE = 0.5
"""Confidence below which a prediction is marked as unsure. In other rooms too it is right less often than
others, which cannot be said of one that is far from the training data (docs/accuracy.md)."""

UNSURE_WARNING = f"unsure (confidence below {100 * UNSURE:.0f} %): expect more errors"


def answer_of(
    probabilities: dict[str, float],
    evidence: SoundEvidence,
    options: PredictOptions,
    warnings: Sequence[str | None],
    **facts: Any,
) -> Prediction:
    """Return the prediction of a recording that is recognised as a whole.

    Args:
        probabilities: by emotion; empty if all of it is silent.
        evidence: of its sound.
        options: of the prediction.
        warnings: known limits of the prediction; None for those that do not apply.
        facts: other fields of `Prediction`.
    """
    return _answer(probabilities, "emotion", evidence, options, warnings, facts)


def pooled_answer_of(
    windows: Sequence[WindowPrediction],
    evidence: SoundEvidence,
    options: PredictOptions,
    warnings: Sequence[str | None],
    **facts: Any,
) -> Prediction:
    """Return the prediction of a recording that is recognised by its windows.

    Args:
        windows: of the recording.
        evidence: of their sound.
        options: of the prediction.
        warnings: as of `answer_of`.
        facts: as of `answer_of`.
    """
    pooled = pool(windows)
    facts |= {"timeline": pooled.timeline, "windows": list(windows) if options.windows else []}
    verdict: Verdict = "mixed" if pooled.is_mixed else "emotion"
    return _answer(pooled.probabilities, verdict, evidence, options, warnings, facts)


def _answer(
    probabilities: dict[str, float],
    verdict: Verdict,
    evidence: SoundEvidence,
    options: PredictOptions,
    warnings: Sequence[str | None],
    facts: dict[str, Any],
) -> Prediction:
    ranking = ranked(probabilities)
    kind = evidence.kind if ranking else "no speech"
    has_emotion = verdict == "emotion" and kind != "no speech"
    confidence = ranking[0]["probability"] if has_emotion else None
    unsure = confidence is not None and options.abstain_below <= confidence < UNSURE
    return Prediction(
        emotion=ranking[0]["emotion"] if has_emotion else None,
        confidence=confidence,
        probabilities=probabilities,
        top=ranking[: options.top],
        warning=join_warnings(*warnings, WARNINGS.get(kind), UNSURE_WARNING if unsure else None),
        ood_score=evidence.score,
        verdict=verdict if kind == "familiar" else kind,
        **facts,
    ).abstain(options.abstain_below)
