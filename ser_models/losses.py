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
    """Focal loss of probabilities, (batch, classes), against classes, (batch,); cross-entropy at γ = 0.

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
        wanted = ops.one_hot(ops.cast(ops.reshape(y_true, (-1,)), "int32"), classes, dtype=y_pred.dtype)
        wanted = wanted * (1 - self.label_smoothing) + self.label_smoothing / classes
        surprise = -ops.log(ops.maximum(y_pred, SMALLEST))
        if self.gamma:
            surprise = surprise * ops.power(ops.maximum(1 - y_pred, SMALLEST), self.gamma)
        return ops.sum(wanted * surprise, axis=-1)
