"""Names and versions that writer and reader of model.onnx share."""

PROBABILITIES = "probabilities"
"""Output: (recordings, classes) float32, rows summing to 1."""

ATTENTION = "attention"
"""Output of networks with attention: weight of each step, (recordings, steps) float32."""

OPSET = 21
"""Version of the operator set: that of ONNX 1.16, supported by ONNX Runtime from 1.18 on."""

IR_VERSION = 10
"""Version of the file format of that operator set."""
