"""Pieces that several graphs are built of; each respects the mask, so padding cannot change an answer.

frames and mask → `normalise`, `pool`, `encode` → steps → `attend` → one vector → dense layers

A step is what frames become by pooling. `real` goes beside them, (batch, steps, 1): 1 where a step holds
speech, 0 on padding. Whatever follows a `normalise` must zero the padding again before frames are mixed.

>>> import keras
>>> frames, mask = keras.Input((5, 8)), keras.Input((5,))
>>> x, real = pool(frames, steps_of(mask))
>>> x.shape, real.shape, attend(x, real, units=4).shape
((None, 3, 8), (None, 3, 1), (None, 8))
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

MOMENTUM = 0.9
"""Of the batch normalisations' averages. Keras's 0.99 needs hundreds of steps to settle, and a fold of a
small corpus has some thirty per epoch: validation would be judged by stale averages and stop too early."""

ATTENTION = "attention"
"""Name of the layer that gives the weights of the steps, (batch, steps, 1); one per graph."""

POSITION_KERNEL = 9
"""Steps that a step's place among its neighbours is told from."""


def steps_of(mask: "keras.KerasTensor") -> "keras.KerasTensor":
    """Return the mask of frames, (batch, frames), as `real`, (batch, frames, 1)."""
    from keras import layers

    return layers.Reshape((-1, 1))(mask)


def silence(x: "keras.KerasTensor", real: "keras.KerasTensor") -> "keras.KerasTensor":
    """Zero the padding of `x`, (batch, steps, channels)."""
    from keras import layers

    return layers.Multiply()([x, real])


def normalise(x: "keras.KerasTensor", real: "keras.KerasTensor") -> "keras.KerasTensor":
    """Normalise each channel over the steps of speech in the batch; padding counts for nothing."""
    from keras import layers

    return layers.BatchNormalization(momentum=MOMENTUM)(x, mask=layers.Flatten()(real))


def pool(
    x: "keras.KerasTensor", real: "keras.KerasTensor"
) -> tuple["keras.KerasTensor", "keras.KerasTensor"]:
    """Halve the steps, rounding up so that no frame is lost: the larger of two, padding being 0."""
    from keras import layers

    def halved(values: "keras.KerasTensor") -> "keras.KerasTensor":
        return layers.MaxPooling1D(2, padding="same")(values)

    return halved(silence(x, real)), halved(real)


def place(x: "keras.KerasTensor", real: "keras.KerasTensor | None" = None) -> "keras.KerasTensor":
    """Let each step know where it is, by a convolution of each channel over its neighbours.

    A Transformer alone sees a set, not a sequence. The convolution learns order from neighbours and from the
    zeros around the recording, and needs no longest length (Baevski et al., "wav2vec 2.0", 2020).
    """
    from keras import layers

    heard = x if real is None else silence(x, real)
    return layers.Add()([x, layers.DepthwiseConv1D(POSITION_KERNEL, padding="same")(heard)])


def encode(
    x: "keras.KerasTensor", real: "keras.KerasTensor | None" = None, *, heads: int, dropout: float
) -> "keras.KerasTensor":
    """Pass one layer of a Transformer encoder: every step looks at all steps of speech.

    Normalisation comes first in both halves (Xiong et al., "On Layer Normalization in the Transformer
    Architecture", 2020), which trains without a warm-up. The inner width is twice the outer.

    Args:
        x: (batch, steps, width), width divisible by `heads`.
        real: 1 where a step holds speech, (batch, steps, 1); None if all do.
        heads: views that each step takes of the others.
        dropout: share dropped of the attention weights and of both halves' answers.
    """
    from keras import layers

    width = x.shape[-1]
    looking = layers.LayerNormalization()(x)
    attention = layers.MultiHeadAttention(heads, width // heads, dropout=dropout)
    seen = attention(looking, looking, value_mask=None if real is None else layers.Flatten()(real))
    x = layers.Add()([x, layers.Dropout(dropout)(seen)])
    thought = layers.Dense(2 * width, activation="gelu")(layers.LayerNormalization()(x))
    thought = layers.Dense(width)(thought)
    return layers.Add()([x, layers.Dropout(dropout)(thought)])


def attend(
    x: "keras.KerasTensor", real: "keras.KerasTensor", *, units: int, name: str = ATTENTION
) -> "keras.KerasTensor":
    """Weigh the steps and add them up: (batch, steps, width) → (batch, width).

    The weight of a step is the softmax, over the steps of speech, of v · tanh(W x) (Bahdanau et al., "Neural
    Machine Translation by Jointly Learning to Align and Translate", 2015; here nothing is aligned to).

    Args:
        x: (batch, steps, width).
        real: 1 where a step holds speech, (batch, steps, 1).
        units: rows of W.
        name: of the layer that gives the weights.
    """
    from keras import layers

    scores = layers.Dense(1, use_bias=False)(layers.Dense(units, activation="tanh")(x))
    weights = layers.Softmax(axis=1, name=name)(scores, mask=real)
    return layers.Flatten()(layers.Dot(axes=1)([weights, x]))
