"""What a leaked text says of the places of a document: observations of the code.

    locate    which stretches of the leak come from which of the original
    align     letter by letter, without the letters that other forms do not have
    wordings  which form of each wording: edit distance to every form
    points    which look-alike: the very code points
    flattened kinds of forms that the way of the leak made all alike

The leak and the carriers are all that is looked at, never a codeword, and all forms of a place are treated
alike. So the proof of `codes.decoder` holds whatever the text is and however well or badly it was read.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fother.channels.text import points, wordings
from fother.channels.text.align import Passage, all_aligned
from fother.channels.text.carriers import Channel, TextCarriers
from fother.channels.text.flattened import probability, tempered
from fother.channels.text.letters import Flat, flatten
from fother.channels.text.locate import locate
from fother.channels.text.reference import Reference
from fother.codes.observations import NOISE_FREE, READ_ERROR, Observations
from fother.model.match import Span

Floats = NDArray[np.float64]

_MOST = math.log((1 - READ_ERROR) / READ_ERROR)  # a symbol read without doubt
_LEAST = 0.05  # a log-likelihood ratio below says nothing
_BLOCKS = 8  # paragraphs that make a page
_FIRST_ERROR = 0.02  # of a character, while nothing of the leak is known
_ERROR = (1e-3, 0.15)  # least and most


@dataclass(frozen=True)
class Site:
    """A place seen in a leak. `likelihoods` (number of forms,) are natural logarithms up to a constant."""

    place: int
    leak: Span  #: code points of the leak
    channel: Channel
    likelihoods: tuple[float, ...]
    form: int | None  #: the form that it shows, None where that is unclear


@dataclass(frozen=True)
class Flattened:
    """A kind of form that the leak shows all alike, so that nothing was read from it."""

    channel: Channel
    family: str
    symbol: int  #: of the places of this family
    readings: int


@dataclass(frozen=True)
class TextReading:
    """What a leak shows of a document's places, and how it was read."""

    observations: Observations
    sites: tuple[Site, ...]  #: in the order of the leak; a place quoted twice is there twice
    passages: tuple[Span, ...]  #: stretches of the leak that come from the document
    error: float  #: share of characters that are wrong, outside the places
    flattened: tuple[Flattened, ...]


def observe(
    carriers: TextCarriers, leak: str, *, strength: float = 1.0, recognised: bool = False
) -> TextReading | None:
    """Reads the places of a document in a leaked text; None when no stretch of it comes from the document.

    `strength` is that of the copies. `recognised` says that the text was read from an image: code points then
    tell nothing. The observations are calibrated: they must not be refitted.
    """
    reference, flattened = Reference.of(carriers), flatten(leak)
    letters = flattened.letters
    passages = all_aligned(letters, reference, locate(letters, reference))
    if not passages:
        return None
    fits = [
        (number, wordings.fitted(window, reference))
        for number, passage in enumerate(passages)
        for window in wordings.windows(flattened, reference, passage)
    ]
    error = _error_rate([fit for _, fit in fits], recognised)
    sites = [(n, site) for n, fit in fits for site in _wordings(flattened, passages[n], fit, error)]
    if not recognised:
        for number, passage in enumerate(passages):
            found = _characters(leak, flattened, reference, passage, strength)
            sites += [(number, site) for site in found]
    sites.sort(key=lambda found: (found[1].leak, found[1].place))
    observations, alike = _observations(carriers, sites, strength)
    spans = tuple(_span(flattened, passage) for passage in passages)
    return TextReading(observations, tuple(site for _, site in sites), spans, error, alike)


def _error_rate(fits: Sequence[wordings.Fit], recognised: bool) -> float:
    """Share of wrong characters outside the places, with what is usual as if some hundred had been seen."""
    usual = [fit for fit in fits if not fit.strange]
    wrong = sum(fit.outside for fit in usual) + (2.0 if recognised else 0.3)
    seen = sum(len(text) for fit in usual for text in fit.window.between) + 200
    return min(max(wrong / seen, _ERROR[0]), _ERROR[1])


def _wordings(flattened: Flat, passage: Passage, fit: wordings.Fit, error: float) -> Iterator[Site]:
    start, end = fit.window.letters
    span = int(flattened.letter_source[start]), int(flattened.letter_source[end - 1]) + 1
    unclear = fit.strange or passage.is_doubtful(start, end)
    found = wordings.log_likelihoods(fit, error)
    for occurrence, likelihoods in zip(fit.window.occurrences, found, strict=True):
        yield _site(occurrence.place, span, "wording", np.zeros(len(likelihoods)) if unclear else likelihoods)


def _characters(
    leak: str, flattened: Flat, reference: Reference, passage: Passage, strength: float
) -> Iterator[Site]:
    first, last = int(passage.runs[0, 1]), int(passage.runs[-1, 1] + passage.runs[-1, 2])
    for occurrence in reference.between(first, last):
        place = reference.places[occurrence.place]
        if place.channel != "characters":
            continue
        seen = points.shown(leak, flattened, reference, passage, occurrence)
        if seen is None:
            continue
        text, span, letter = seen
        forms = place.forms[: 1 << place.symbols_used(strength)]
        may_be = points.possible(text, forms)
        if not may_be.any() or passage.is_doubtful(letter, letter + 1):
            may_be = np.ones(len(forms), np.bool_)
        yield _site(occurrence.place, span, "characters", np.where(may_be, 0.0, -_MOST))


def _site(place: int, span: Span, channel: Channel, likelihoods: Floats) -> Site:
    best = np.argsort(-likelihoods, kind="stable")
    clear = likelihoods[best[0]] - likelihoods[best[1]] > math.log(10)
    return Site(place, span, channel, tuple(likelihoods.tolist()), int(best[0]) if clear else None)


def _span(flattened: Flat, passage: Passage) -> Span:
    first, last = passage.leak_letters
    return int(flattened.letter_source[first]), int(flattened.letter_source[last - 1]) + 1


def _observations(
    carriers: TextCarriers, sites: Sequence[tuple[int, Site]], strength: float
) -> tuple[Observations, tuple[Flattened, ...]]:
    """Log-likelihood ratios of every symbol, tempered where a kind may be flattened, one for each column.

    `sites` have the number of their passage. A place that a passage shows several times (a spelling that is
    the same throughout) is one reading of its kind.
    """
    kinds: dict[tuple[Channel, str, int], dict[tuple[int, int], list[tuple[float, bool]]]]
    kinds = defaultdict(lambda: defaultdict(list))
    for passage, site in sites:
        place = carriers.places[site.place]
        for symbol in range(place.symbols_used(strength)):
            ratio, plain = _symbol(place.forms, site.likelihoods, symbol)
            if abs(ratio) > _LEAST:
                column = int(carriers.first_column[site.place]) + symbol
                kinds[site.channel, place.family, symbol][passage, column].append((ratio, plain))
    by_column: dict[int, list[float]] = defaultdict(list)
    alike = []
    for (channel, family, symbol), readings in kinds.items():
        ratios = np.array([_once([ratio for ratio, _ in shown]) for shown in readings.values()])
        dead = probability(np.array([shown[0][1] for shown in readings.values()]), channel)
        if np.count_nonzero(dead > 0.5) > len(dead) / 2:
            alike.append(Flattened(channel, family, symbol, len(readings)))
        for (_, column), ratio in zip(readings, tempered(ratios, dead).tolist(), strict=True):
            by_column[column].append(ratio)
    columns = sorted(by_column)
    return _as_observations(carriers, columns, [_once(by_column[c]) for c in columns]), tuple(alike)


@lru_cache(maxsize=10_000)  # spaces have few readings
def _symbol(forms: tuple[str, ...], likelihoods: tuple[float, ...], symbol: int) -> tuple[float, bool]:
    """Log-likelihood ratio of 1 against 0 of a symbol, and whether the side it favours is the plainer one."""
    one = (np.arange(len(likelihoods)) >> symbol & 1).astype(np.bool_)
    of_form = np.array(likelihoods)
    ratio = float(np.logaddexp.reduce(of_form[one]) - np.logaddexp.reduce(of_form[~one]))
    first, second = _plainness(forms[0]), _plainness(forms[1 << symbol])
    return min(max(ratio, -_MOST), _MOST), (ratio < 0) == (first < second)


def _plainness(form: str) -> tuple[int, int, str]:
    """Least for the form that a program would make of the others: few unusual characters, then short."""
    return sum(not c.isascii() for c in form), len(form), form


def _once(ratios: Sequence[float]) -> float:
    """One log-likelihood ratio of a symbol read several times.

    Readings of one leak are not independent (a quote is quoted again with its errors): those that agree
    count as the surest of them, those that differ cancel each other.
    """
    low, high = min(ratios), max(ratios)
    return low + high if low < 0 < high else max(ratios, key=abs)


def _as_observations(carriers: TextCarriers, columns: Sequence[int], ratios: Sequence[float]) -> Observations:
    """Observations with these log-likelihood ratios (see `Observations.likelihood`)."""
    position, ratio = np.array(columns, np.int64), np.array(ratios, np.float64)
    told = np.abs(ratio) > _LEAST
    position, ratio = position[told], ratio[told]
    other = (np.exp(-np.abs(ratio)) - READ_ERROR) / (1 - READ_ERROR)
    separation = np.where(other > 1e-6, np.sqrt(-2 * np.log(np.maximum(other, 1e-6))), NOISE_FREE)
    places = np.searchsorted(carriers.first_column, position, "right") - 1
    block = np.array([carriers.places[p].block for p in places.tolist()], np.int32)
    value, form_0 = np.sign(ratio) * separation / 2, np.zeros(len(position))
    return Observations(position, value, separation, block, block // _BLOCKS, form_0)
