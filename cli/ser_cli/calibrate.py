"""`ser calibrate`: the confidence of a trained model, fitted on recordings from elsewhere."""

from dataclasses import asdict
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from ser_cli.options import DEFAULT_STORE, Artifact, AsJson, OwnFeatures, Store, Stored
from ser_cli.progress import hint


def calibrate(
    artifact: Artifact,
    out: Annotated[Path, typer.Option(help="Folder of the calibrated copy of the model.")],
    datasets: Stored = None,
    store: Store = DEFAULT_STORE,
    own_features: OwnFeatures = None,
    as_json: AsJson = False,
) -> None:
    """Fit the confidence of a trained model on labelled recordings of other speakers, such as your own.

    Which emotion is predicted does not change. JSON: artifact, temperature, datasets, recordings, speakers,
    accuracy, confidence and ece (each before, after), parts.

    Example: ser calibrate artifacts/best --datasets mine --out artifacts/here
    """
    from ser_cli.tables import print_json
    from ser_models.experiments.calibrate import calibrate as fit

    result = fit(artifact, store, datasets or None, out, own_features)
    if as_json:
        print_json({"artifact": str(out), **asdict(result)})
        return
    print(f"{result.recordings} recordings of {result.speakers} speakers, of {', '.join(result.datasets)}")
    print(f"{result.accuracy:.1%} are recognised")
    print(f"mean confidence: {result.confidence[0]:.1%} before, {result.confidence[1]:.1%} after")
    print(
        f"calibration error (ECE): {result.ece[0]:.3f} before, {result.ece[1]:.3f} after, "
        f"each {result.parts} with the temperature of the others"
    )
    print(f"artifact: {out}")
    hint(f"ser predict {quote(str(out))} FILE.wav")
