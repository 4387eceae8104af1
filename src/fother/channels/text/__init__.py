"""Marks in the text itself: places that can be written in several ways, and how a leak's text is read."""
