"""Building blocks of the graphs; all respect the mask, so padding cannot change a prediction.

frames and mask → `batch_norm`, `pool`, `transformer_layer` → steps → `attention_pooling` → one vector → dense

A step is what pooling makes of frames. `valid`, (batch, steps, 1), is passed along with them: 1 where a step
holds speech, 0 on padding. After `batch_norm` the padding must be zeroed again before frames are mixed.

>>> import keras
>>> frames, mask = keras.Input((5, 8)), keras.Input((5,))
>>> x, valid = pool(frames, valid_steps(mask))
>>> x.shape, valid.shape, attention_pooling(x, valid, units=4).shape
((None, 3, 8), (None, 3, 1), (None, 8))
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

MOMENTUM = 0.9
"""Momentum of BatchNorm. Keras's default of 0.99 needs hundreds of steps to converge, and a fold of a small
corpus has about thirty per epoch: stale averages would end training too early."""

ATTENTION = "attention"
"""Name of the layer with the attention weights of the steps, (batch, steps, 1); one per graph."""

POSITION_KERNEL = 9
"""Kernel size of the positional convolution, in steps."""


def valid_steps(mask: "keras.KerasTensor") -> "keras.KerasTensor":
    """Return the mask of frames, (batch, frames), as `valid`, (batch, frames, 1)."""
    from keras import layers

    return layers.Reshape((-1, 1))(mask)


def centred(x: "keras.KerasTensor", valid: "keras.KerasTensor") -> "keras.KerasTensor":
    """Subtract from every channel its mean over the valid steps of the recording."""
    from keras import layers

    mean = layers.Reshape((1, x.shape[-1]))(mean_pooling(x, valid))
    return zero_padding(layers.Subtract()([x, mean]), valid)


def zero_padding(x: "keras.KerasTensor", valid: "keras.KerasTensor") -> "keras.KerasTensor":
    """Zero the padding of `x`, (batch, steps, channels)."""
    from keras import layers

    return layers.Multiply()([x, valid])


def batch_norm(x: "keras.KerasTensor", valid: "keras.KerasTensor | None") -> "keras.KerasTensor":
    """Normalise each channel over the valid steps of the batch; over all if `valid` is None."""
    from keras import layers

    mask = None if valid is None else layers.Flatten()(valid)
    return layers.BatchNormalization(momentum=MOMENTUM)(x, mask=mask)


def pool(
    x: "keras.KerasTensor", valid: "keras.KerasTensor"
) -> tuple["keras.KerasTensor", "keras.KerasTensor"]:
    """Max-pool pairs of steps, rounding the length up so that no frame is lost; padding counts as 0."""
    from keras import layers

    def halved(values: "keras.KerasTensor") -> "keras.KerasTensor":
        return layers.MaxPooling1D(2, padding="same")(values)

    return halved(zero_padding(x, valid)), halved(valid)


def add_position(x: "keras.KerasTensor", valid: "keras.KerasTensor | None" = None) -> "keras.KerasTensor":
    """Add positional information by a depthwise convolution over neighbouring steps.

    Self-attention alone ignores order. The convolution encodes it by neighbours and by the zeros around the
    recording, and needs no maximum length (Baevski et al., "wav2vec 2.0", 2020).
    """
    from keras import layers

    masked = x if valid is None else zero_padding(x, valid)
    return layers.Add()([x, layers.DepthwiseConv1D(POSITION_KERNEL, padding="same")(masked)])


def transformer_layer(
    x: "keras.KerasTensor", valid: "keras.KerasTensor | None" = None, *, heads: int, dropout: float
) -> "keras.KerasTensor":
    """Apply one Transformer encoder layer.

    Pre-norm in both halves (Xiong et al., "On Layer Normalization in the Transformer Architecture", 2020),
    which trains without warm-up. The feed-forward width is twice the model width.

    Args:
        x: (batch, steps, width), width divisible by `heads`.
        valid: 1 where a step holds speech, (batch, steps, 1); None if all do.
        heads: attention heads.
        dropout: dropout rate of the attention weights and of the outputs of both halves.
    """
    from keras import layers

    width = x.shape[-1]
    query = layers.LayerNormalization()(x)
    attention = layers.MultiHeadAttention(heads, width // heads, dropout=dropout)
    attended = attention(query, query, value_mask=None if valid is None else layers.Flatten()(valid))
    x = layers.Add()([x, layers.Dropout(dropout)(attended)])
    hidden = layers.Dense(2 * width, activation="gelu")(layers.LayerNormalization()(x))
    hidden = layers.Dense(width)(hidden)
    return layers.Add()([x, layers.Dropout(dropout)(hidden)])


def mean_pooling(x: "keras.KerasTensor", valid: "keras.KerasTensor | None" = None) -> "keras.KerasTensor":
    """Mean over the valid steps: (batch, steps, width) → (batch, width)."""
    from keras import layers

    return layers.GlobalAveragePooling1D()(x, mask=None if valid is None else layers.Flatten()(valid))


def attention_pooling(
    x: "keras.KerasTensor", valid: "keras.KerasTensor", *, units: int, name: str = ATTENTION
) -> "keras.KerasTensor":
    """Weighted sum of the steps: (batch, steps, width) → (batch, width).

    The weight of a step is the softmax, over the valid steps, of v · tanh(W x) (Bahdanau et al., "Neural
    Machine Translation by Jointly Learning to Align and Translate", 2015; without a query).

    Args:
        x: (batch, steps, width).
        valid: 1 where a step holds speech, (batch, steps, 1).
        units: rows of W.
        name: of the layer with the weights.
    """
    return _weighted_sum(_attention(x, valid, units, name), x)


def attentive_statistics(
    x: "keras.KerasTensor", valid: "keras.KerasTensor", *, units: int, name: str = ATTENTION
) -> "keras.KerasTensor":
    """Weighted mean and mean square of the steps: (batch, steps, width) → (batch, 2 · width).

    Weights and arguments as of `attention_pooling`. Of both moments follows the deviation of attentive
    statistics pooling (Okabe et al., "Attentive Statistics Pooling for Deep Speaker Embedding", 2018).
    """
    from keras import layers

    weights = _attention(x, valid, units, name)
    squares = layers.Multiply()([x, x])
    return layers.Concatenate()([_weighted_sum(weights, x), _weighted_sum(weights, squares)])


def _attention(
    x: "keras.KerasTensor", valid: "keras.KerasTensor", units: int, name: str
) -> "keras.KerasTensor":
    """Weight of each step, (batch, steps, 1); 0 on padding."""
    from keras import layers

    scores = layers.Dense(1, use_bias=False)(layers.Dense(units, activation="tanh")(x))
    return layers.Softmax(axis=1, name=name)(scores, mask=valid)


def _weighted_sum(weights: "keras.KerasTensor", x: "keras.KerasTensor") -> "keras.KerasTensor":
    """Sum of the steps times their weights: (batch, steps, width) → (batch, width)."""
    from keras import layers

    return layers.Flatten()(layers.Dot(axes=1)([weights, x]))
