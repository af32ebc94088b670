"""`ser demo`: all steps on synthetic speech, without a download.

synthetic corpus → `extract` → `train` (two models) → `predict`
"""

from pathlib import Path
from typing import Annotated

import typer

from ser_cli import next_step
from ser_cli.progress import hint, say

FOLDS = 3


def demo(
    ctx: typer.Context,
    data: Annotated[Path, typer.Option(help="Folder for corpus and feature store.")] = Path("data/demo"),
    artifacts: Annotated[Path, typer.Option(help="Folder for the trained models.")] = Path("artifacts"),
) -> None:
    """Generate synthetic speech, extract features, train two models and predict: a minute, no download.

    Example: ser demo
    """
    from ser_cli.extract import extract
    from ser_cli.predict import predict
    from ser_cli.train import train
    from ser_features.extractors import DEFAULT_FAMILIES
    from ser_models.models import create

    families = dict.fromkeys(
        (*DEFAULT_FAMILIES, *create(next_step.BEST, described_only=True).inputs.families)
    )
    compared = _compared_model()
    store, trained = data / "store", artifacts / f"demo-{compared}"
    say("\n1/4  generating synthetic speech (eSpeak voices, acoustic emotion rules), extracting features")
    extract(datasets=["demo"], data=data / "raw", store=store, features=list(families))
    say(
        "\nThe ranking of models on 12 synthetic voices does not carry over to human speech: best is the "
        "recommended model\nbecause it leads on recordings of people, and another model may lead here."
    )
    for step, model in enumerate((next_step.BEST, compared), start=2):
        say(f"\n{step}/4  training {model}, {FOLDS}-fold cross-validation with disjoint speakers")
        train(ctx, model=model, folds=str(FOLDS), store=store, out=artifacts / f"demo-{model}")
    say(f"\n4/4  predicting recordings of validation speakers with {compared}")
    predict(trained, _validation_files(trained, data / "raw"))
    say("\nResults on synthetic speech are no estimate for human speech. Feature importance of this model:")
    hint(f"ser explain {trained} --store {store}")
    say("\nThe same with recordings of people, yours (ser manifest) or published ones (ser corpora):")
    hint("ser download ravdess")
    hint(next_step.extraction(["ravdess"]))
    hint(f"ser train --model {next_step.BEST} --folds {next_step.FOLDS}")


def _compared_model() -> str:
    """The model beside `best`: xgboost, or a model of the base installation if XGBoost is not installed."""
    from ser_features.errors import MissingExtraError
    from ser_models.models import model_class

    try:
        model_class("xgboost")
    except MissingExtraError as error:
        say(f"{error}: the demo trains logistic instead")
        return "logistic"
    return "xgboost"


def _validation_files(artifact: Path, data: Path, count: int = 3) -> list[Path]:
    """Some recordings of the validation speakers of the final model, of different emotions."""
    import pandas as pd

    rows = pd.read_parquet(artifact / "predictions.parquet")
    validation = rows[rows["split"] == "validation"].drop_duplicates("emotion")
    return [data / path for path in validation["path"].head(count)]
