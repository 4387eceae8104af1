"""Which document a text shows, which passages, and what was altered."""
