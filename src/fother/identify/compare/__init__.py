"""Parts of the comparison of a leak with the document: words, alignment, noise, kinds, sentences."""
