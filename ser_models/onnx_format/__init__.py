"""Trained networks as ONNX graphs: predicted without Keras, TensorFlow or scikit-learn.

fitted network, scaler → `export` (a way for each layer in `layers`) → model.onnx
model.onnx → `protobuf` → `check` (only what `export` writes) → `session` (ONNX Runtime) → probabilities

The graph holds imputation and scaling, so it reads raw values. It is written by this package, not by
tf2onnx: that knows one backend of Keras, not the GELU of TensorFlow 2.21, and makes a loop of a masked LSTM.
"""
