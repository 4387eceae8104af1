"""Marks in single spaces between words: characters without width that survive copy and paste."""

from .forms import FORMS, LOSSES, MARKS, without
from .places import places

__all__ = ["FORMS", "LOSSES", "MARKS", "places", "without"]
