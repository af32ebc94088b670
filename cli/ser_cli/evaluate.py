"""`ser evaluate`: an artifact's model on stored recordings."""

import json

from ser_cli.options import DEFAULT_STORE, Artifact, AsJson, Store, Stored


def evaluate(
    artifact: Artifact,
    datasets: Stored = None,
    store: Store = DEFAULT_STORE,
    as_json: AsJson = False,
) -> None:
    """Measure a trained model on stored recordings, and say which of them it has met in training.

    Example: ser evaluate artifacts/cnn_lstm --datasets emodb
    """
    from ser_cli.train import print_metrics
    from ser_models.experiments.evaluate import evaluate as measure

    metrics = measure(artifact, store, datasets or None)
    if as_json:
        print(json.dumps(metrics, indent=2, ensure_ascii=False))
        return
    print_metrics(metrics)
    unseen = metrics["unseen"]
    if not unseen:
        print("the model has met every one of these speakers: this says nothing about new voices")
    elif metrics["leakage"]:
        low, high = unseen["interval"]
        print(
            f"only speakers that it has not met: UAR {unseen['uar']:.3f}, "
            f"95 % interval {low:.3f} to {high:.3f} over {unseen['interval_over']}, {unseen['n']} recordings"
        )
