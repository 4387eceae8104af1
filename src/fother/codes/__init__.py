"""Fingerprinting code: biases, codewords, evidence and the naming of copies. Knows nothing of documents."""

from .code import FingerprintingCode
from .decoder import Decoding, Named, decode, expected_score
from .hypotheses import DEFAULT_FAMILY, Hypothesis
from .observations import Observations

__all__ = [
    "DEFAULT_FAMILY",
    "Decoding",
    "FingerprintingCode",
    "Hypothesis",
    "Named",
    "Observations",
    "decode",
    "expected_score",
]
