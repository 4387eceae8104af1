"""The same leak gives the same measurements, and words apart from all others are looked at with care."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from fother.vision import looks
from fother.vision.locate import CaptureFeatures, locate, page_features


def page(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Lines of drawn words."""
    picture = np.full((900, 700), 255, np.uint8)
    for y in range(60, 880, 34):
        for x in range(40, 600, 130):
            word = "".join(rng.choice(list("abcdefghknoprstuvz"), 7))
            cv2.putText(picture, word, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 0, 1, cv2.LINE_AA)
    return picture


def test_a_page_is_located_alike_whatever_was_done_before() -> None:
    original = page(np.random.default_rng(5))
    turn = np.array([[0.9, 0.05, 20], [-0.04, 0.92, 60], [0.00002, 0, 1]])
    leak = cv2.warpPerspective(original, turn, (760, 940), borderValue=200)
    found = []
    for draws in (0, 3, 1000):
        cv2.setRNGSeed(77)
        cv2.randu(np.zeros(draws + 1), 0, 1)
        features = page_features(original)
        assert features is not None
        location = locate(features, original.shape, CaptureFeatures(np.asarray(leak, np.uint8)))
        assert location is not None
        found.append(location)
    for other in found[1:]:
        assert np.array_equal(other.homography, found[0].homography)
        assert other.inliers == found[0].inliers


def word(text: str) -> NDArray[np.float32]:
    picture = np.full((40, 150), 230, np.uint8)
    cv2.putText(picture, text, (10, 29), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 20, 2, cv2.LINE_AA)
    return cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 1.0)


def alike(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


def test_a_word_apart_may_be_turned_a_little_and_stays_another_word() -> None:
    slack, own = 3, word("10 May")
    shear = np.array([[1.03, 0.04, -3.0], [-0.02, 0.97, 2.0]])
    for text, least, most in (("10 May", 0.97, 1.0), ("16 Jul", 0.0, 0.8)):
        seen = cv2.warpAffine(word(text), shear, (150, 40), borderMode=cv2.BORDER_REPLICATE)
        wide = np.asarray(cv2.copyMakeBorder(seen, *(slack,) * 4, cv2.BORDER_REPLICATE), np.float32)
        turned = looks._turned(wide, own, slack)[slack:-slack, slack:-slack]
        assert least < alike(turned, own) <= most, text
        assert alike(turned, own) >= alike(np.asarray(seen, np.float32), own)
