"""The desk: cases and what belongs to them, joined with the registry and the reports."""
