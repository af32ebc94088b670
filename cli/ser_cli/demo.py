"""`ser demo`: the whole way on synthetic speech, without a download."""

from pathlib import Path
from typing import Annotated

import typer

from ser_cli.progress import hint, say

MODELS = ("best", "xgboost")
FAMILIES = ("core", "functionals", "mel", "mfcc", "pitch")
FOLDS = 4


def demo(
    data: Annotated[Path, typer.Option(help="Where the corpus and its store go.")] = Path("data/demo"),
    artifacts: Annotated[Path, typer.Option(help="Where the trained models go.")] = Path("artifacts"),
) -> None:
    """Synthesise a corpus, extract it, train two models on it and predict; under 3 minutes, no download.

    Example: ser demo
    """
    from ser_cli.extract import extract
    from ser_cli.predict import predict
    from ser_cli.train import train

    say("\n1/4  synthesising speech (eSpeak voices shaped by an acoustic recipe) and extracting its features")
    extract(datasets=["demo"], data=data / "raw", store=data / "store", features=list(FAMILIES))
    for step, model in enumerate(MODELS, start=2):
        say(f"\n{step}/4  training {model}, tested on speakers it has never heard ({FOLDS} folds)")
        train(model=model, folds=FOLDS, store=data / "store", out=artifacts / f"demo-{model}")
    trees = artifacts / f"demo-{MODELS[-1]}"
    say("\n4/4  predicting recordings of speakers that the trees were not fitted on")
    predict(trees, _unheard(trees, data / "raw"))
    say("\nEverything above is about synthetic speech and says nothing of people. What the trees go by:")
    hint(f"ser explain {trees} --store {data / 'store'}")
    say("\nNow with real recordings:")
    families = f"--features {' '.join(FAMILIES)} --speed-perturb"
    for command in ("ser corpora", "ser download ravdess", f"ser extract --datasets ravdess {families}"):
        hint(command)
    hint("ser train --model best --folds 5")


def _unheard(artifact: Path, data: Path, count: int = 3) -> list[Path]:
    """Some recordings of the shipped model's validation speakers, of different emotions."""
    import pandas as pd

    rows = pd.read_parquet(artifact / "predictions.parquet")
    held_out = rows[rows["split"] == "validation"].drop_duplicates("emotion")
    return [data / path for path in held_out["path"].head(count)]
