"""Converters of Keras layers to ONNX nodes, by the name of the layer's class.

layer (configuration, weights, inputs) → converter → nodes in the graph, name of the output

A network with another layer cannot be exported: add a converter, and the tests compare it with Keras.
"""

from ser_models.onnx_format.layers import attention, convolution, recurrent, simple
from ser_models.onnx_format.layers.call import Converter

CONVERTERS: dict[str, Converter] = {
    "Activation": simple.activation,
    "Add": simple.add,
    "Average": simple.average,
    "AveragePooling3D": convolution.average_pool,
    "BatchNormalization": simple.batch_normalization,
    "Bidirectional": recurrent.bidirectional,
    "Concatenate": simple.concatenate,
    "Conv1D": convolution.convolve,
    "Conv2D": convolution.convolve,
    "Conv3D": convolution.convolve,
    "Dense": simple.dense,
    "DepthwiseConv1D": convolution.depthwise,
    "Dot": attention.weighted_sum,
    "Dropout": simple.identity,
    "ELU": simple.elu,
    "Flatten": simple.flatten,
    "GlobalAveragePooling1D": simple.mean,
    "GlobalAveragePooling3D": simple.mean,
    "LSTM": recurrent.lstm,
    "LayerNormalization": simple.layer_normalization,
    "LeakyReLU": simple.leaky_relu,
    "MaxPooling1D": convolution.max_pool,
    "MaxPooling2D": convolution.max_pool,
    "MaxPooling3D": convolution.max_pool,
    "MultiHeadAttention": attention.multi_head,
    "Multiply": simple.multiply,
    "ReLU": simple.relu,
    "Reshape": simple.reshape,
    "Softmax": attention.masked_softmax,
    "Subtract": simple.subtract,
}
"""Converter by name of the Keras class."""
