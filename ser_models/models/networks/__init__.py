"""Keras networks: one file per architecture, one training loop for all.

`Network` (hyperparameters, graph) → `loop.fit` (schedule, checkpoint, losses) → weights of the best epoch
"""
