"""Configuration files: choices and deltas in YAML; default values live in the parameter dataclasses."""
