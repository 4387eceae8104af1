"""Fother: leak damage control."""

__version__ = "0.1.0"
