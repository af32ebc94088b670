"""How each Keras layer is written as ONNX nodes: name of its class → way.

layer, its configuration and what it is given → nodes → name of its output

A network with a layer that is not here cannot be exported: add a way, and the tests compare it with Keras.
"""

from ser_models.onnx_format.layers import attention, convolution, recurrent, simple
from ser_models.onnx_format.layers.call import Way

WAYS: dict[str, Way] = {
    "Activation": simple.activation,
    "Add": simple.add,
    "Average": simple.average,
    "AveragePooling3D": convolution.average_pool,
    "BatchNormalization": simple.batch_normalization,
    "Bidirectional": recurrent.bidirectional,
    "Conv1D": convolution.convolve,
    "Conv3D": convolution.convolve,
    "Dense": simple.dense,
    "DepthwiseConv1D": convolution.convolve_each,
    "Dot": attention.weighted_sum,
    "Dropout": simple.nothing,
    "ELU": simple.elu,
    "Flatten": simple.flatten,
    "GlobalAveragePooling1D": simple.mean,
    "GlobalAveragePooling3D": simple.mean,
    "LSTM": recurrent.lstm,
    "LayerNormalization": simple.layer_normalization,
    "LeakyReLU": simple.leaky_relu,
    "MaxPooling1D": convolution.max_pool,
    "MaxPooling3D": convolution.max_pool,
    "MultiHeadAttention": attention.multi_head,
    "Multiply": simple.multiply,
    "ReLU": simple.relu,
    "Reshape": simple.reshape,
    "Softmax": attention.masked_softmax,
}
"""Ways by name of a Keras class."""
