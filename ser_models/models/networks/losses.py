"""What a network minimises: cross-entropy and focal loss, with label smoothing and class weights.

For one recording with probabilities p and smoothed target q (1 for its class, without smoothing):

    loss = α Σₖ qₖ (1 − pₖ)^γ (−log pₖ)

γ = 0 is the cross-entropy; α is the weight of the recording's class. The focal loss is of Lin et al., "Focal
Loss for Dense Object Detection" (2017), its α here the balanced class weights, normalised so that their mean
over the recordings is 1. α comes as Keras's sample weight, so that accuracy is weighted by it too.

>>> loss = WeightedLoss(gamma=2.0)
>>> round(float(loss(ops.array([0]), ops.array([[0.5, 0.5]]))), 4)  # (1 - 0.5)² · log 2
0.1733
"""

import keras
from keras import ops

SMALLEST = 1e-7
"""Smaller probabilities are taken for this one, whose logarithm float32 can hold."""


class WeightedLoss(keras.losses.Loss):
    """Focal loss of probabilities against classes; cross-entropy at γ = 0.

    Probabilities are (batch, classes), or (batch, members, classes) of several networks of which each is
    compared by itself; classes are (batch,), or the share of each class in a mixture, (batch, classes).

    Attributes:
        gamma: how much less a recording weighs that is recognised already, at least 0.
        label_smoothing: share of each target that is spread evenly over all classes, 0 to 1.
    """

    def __init__(self, *, gamma: float = 0.0, label_smoothing: float = 0.0) -> None:
        super().__init__(name="loss", reduction="sum_over_batch_size")
        self.gamma, self.label_smoothing = gamma, label_smoothing

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
        """Return the loss of each recording, (batch,), before its weight."""
        classes = y_pred.shape[-1]
        wanted = _shares(y_true, classes, y_pred.dtype)
        if len(y_pred.shape) == 3:
            wanted = ops.expand_dims(wanted, 1)
        wanted = wanted * (1 - self.label_smoothing) + self.label_smoothing / classes
        surprise = -ops.log(ops.maximum(y_pred, SMALLEST))
        if self.gamma:
            surprise = surprise * ops.power(ops.maximum(1 - y_pred, SMALLEST), self.gamma)
        each = ops.sum(wanted * surprise, axis=-1)
        return ops.mean(each, axis=-1) if len(y_pred.shape) == 3 else each


class Uar(keras.metrics.MeanMetricWrapper):
    """Share that is right; weighted by balanced weights, the UAR. Arguments as of `WeightedLoss`.

    Several members answer by the mean of their probabilities; of a mixture, its larger part is the truth.
    """

    def __init__(self, name: str) -> None:
        super().__init__(_right, name=name)


def _right(y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
    if len(y_pred.shape) == 3:
        y_pred = ops.mean(y_pred, axis=1)
    truth = ops.argmax(_shares(y_true, y_pred.shape[-1], y_pred.dtype), axis=-1)
    return ops.cast(ops.equal(truth, ops.argmax(y_pred, axis=-1)), y_pred.dtype)


def _shares(y_true: keras.KerasTensor, classes: int, dtype: str) -> keras.KerasTensor:
    """The share of each class, (batch, classes), of classes (batch,) or (batch, 1), or of shares."""
    if len(y_true.shape) == 2 and y_true.shape[-1] == classes:
        return ops.cast(y_true, dtype)
    return ops.one_hot(ops.cast(ops.reshape(y_true, (-1,)), "int32"), classes, dtype=dtype)
