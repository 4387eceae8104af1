"""Assess: what a leak exposes. Markings of the text, parties concerned, severity, who had access."""
