"""Artifacts that must be refused, each with its reason; `python -m tests.attacks FOLDER` tries them all.

A new attack is one line in the module of the file that it attacks.
"""
