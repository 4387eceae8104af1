"""From a capture to word displacements: registration, dewarping, sub-pixel measurement.

Knows pixels only. Everything is measured against the unmarked original; no codeword of any copy is ever
looked at here, which is what makes the false-accusation bounds of `fother.codes` valid.
"""
