"""From the observations of all sheets and channels to a verdict."""
