"""Marks in single spaces between words: look-alike and invisible characters that survive copy and paste."""

from .forms import FORMS
from .places import places

__all__ = ["FORMS", "places"]
