"""The layout channel: word-shift coding (Brassil, Low, Maxemchuk, O'Gorman 1995), read informed."""
