"""Trained networks as ONNX graphs, for prediction without Keras, TensorFlow and scikit-learn.

fitted network, scaler → `export` (a converter per layer in `layers`) → model.onnx
model.onnx → `protobuf` → `check` (accepts only what `export` writes) → `session` (ONNX Runtime) →
probabilities

The graph includes imputation and scaling, so its inputs are raw values. tf2onnx is not used: it supports one
backend of Keras only, not the GELU of TensorFlow 2.21, and converts masked LSTMs to loops.
"""
