"""`ser evaluate`: a trained model on stored recordings."""

from ser_cli.options import DEFAULT_STORE, Artifact, AsJson, OwnFeatures, Store, Stored


def evaluate(
    artifact: Artifact,
    datasets: Stored = None,
    store: Store = DEFAULT_STORE,
    own_features: OwnFeatures = None,
    as_json: AsJson = False,
) -> None:
    """Evaluate a trained model on stored recordings; recordings and speakers of its training are reported.

    Example: ser evaluate artifacts/cnn_lstm --datasets emodb
    """
    from ser_cli.train import print_metrics
    from ser_models.data.split import UNKNOWN_SPEAKERS
    from ser_models.experiments.evaluate import evaluate as measure

    result = measure(artifact, store, datasets or None, own_features)
    if as_json:
        print(result.to_json())
        return
    print_metrics(result)
    unseen = result.unseen
    if not unseen and UNKNOWN_SPEAKERS in result.protocol:
        print(f"{UNKNOWN_SPEAKERS}: this is no estimate for new speakers")
    elif not unseen:
        print("all of these speakers were in the training data: this is no estimate for new speakers")
    elif result.leakage:
        from ser_models.reporting.text import uar_line

        print(f"speakers that were not in the training data: {uar_line(unseen)}; {unseen.n} recordings")
