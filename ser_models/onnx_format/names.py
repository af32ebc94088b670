"""What the writer and the reader of model.onnx agree on."""

PROBABILITIES = "probabilities"
"""Output: (recordings, classes) float32, rows summing to 1."""

ATTENTION = "attention"
"""Output of networks that have it: weight of each step, (recordings, steps) float32."""

OPSET = 21
"""Version of ONNX's operators: that of ONNX 1.16, read by every ONNX Runtime from 1.18 on."""

IR_VERSION = 10
"""Version of the file format that belongs to it."""
