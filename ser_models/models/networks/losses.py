"""Loss and metric of the networks: cross-entropy or focal loss, with label smoothing and class weights.

For one recording with probabilities p and smoothed target q (one-hot without smoothing):

    loss = α Σₖ qₖ (1 − pₖ)^γ (−log pₖ)

γ = 0 is the cross-entropy; α is the weight of the recording's class. Focal loss: Lin et al., "Focal Loss for
Dense Object Detection" (2017); its α are here the balanced class weights, with mean 1 over the recordings
(`Settings.alpha`), passed as Keras's sample weight, so that the accuracy is weighted by it too.

>>> loss = WeightedLoss(gamma=2.0)
>>> round(float(loss(ops.array([0]), ops.array([[0.5, 0.5]]))), 4)  # (1 - 0.5)² · log 2
0.1733
"""

import keras
from keras import ops


class WeightedLoss(keras.losses.CategoricalFocalCrossentropy):
    """Keras's focal loss for class indices, soft targets and ensembles; cross-entropy at γ = 0.

    Probabilities are (batch, classes), or (batch, members, classes) for members with separate losses, which
    are averaged; targets are class indices, (batch,), or soft targets, (batch, classes).

    Attributes:
        gamma: focusing parameter, at least 0.
        label_smoothing: share of each target that is spread evenly over all classes, 0 to 1.
    """

    def __init__(self, *, gamma: float = 0.0, label_smoothing: float = 0.0) -> None:
        super().__init__(alpha=1.0, gamma=gamma, label_smoothing=label_smoothing, name="loss")

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
        """Return the loss of each recording, (batch,), before its weight."""
        targets = _soft_targets(y_true, y_pred.shape[-1], y_pred.dtype)
        if len(y_pred.shape) == 2:
            return super().call(targets, y_pred)
        return ops.mean(super().call(ops.expand_dims(targets, 1), y_pred), axis=-1)


class Accuracy(keras.metrics.MeanMetricWrapper):
    """Accuracy; with balanced weights it is the UAR. Arguments as of `WeightedLoss`.

    The prediction of an ensemble is the mean of its members' probabilities; the class of a soft target is its
    largest component.
    """

    def __init__(self, name: str) -> None:
        super().__init__(_correct, name=name)


def _correct(y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
    if len(y_pred.shape) == 3:
        y_pred = ops.mean(y_pred, axis=1)
    true = ops.argmax(_soft_targets(y_true, y_pred.shape[-1], y_pred.dtype), axis=-1)
    return ops.cast(ops.equal(true, ops.argmax(y_pred, axis=-1)), y_pred.dtype)


def _soft_targets(y_true: keras.KerasTensor, classes: int, dtype: str) -> keras.KerasTensor:
    """Targets (batch, classes) from class indices, (batch,) or (batch, 1), or from soft targets."""
    if len(y_true.shape) == 2 and y_true.shape[-1] == classes:
        return ops.cast(y_true, dtype)
    return ops.one_hot(ops.cast(ops.reshape(y_true, (-1,)), "int32"), classes, dtype=dtype)
