"""Evidence that stands without us: commitments before copies are sent, and packs that others can check."""
