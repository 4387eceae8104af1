"""The channel of words: two renderings of equal meaning, by the author or approved by the author."""
