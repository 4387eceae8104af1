"""Passages of documents are found, what everybody shares does not count, and a leak is judged as a whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from fother.identify.chance import ACCEPTED
from fother.identify.genuine import genuineness
from fother.identify.match import Source, TextMatch, match_text
from fother.identify.sharing import limit
from fother.model.match import Change, Hit, Passage, Span

REPORT = (
    "The convoy left the northern depot at dawn on Tuesday and reached the river before noon. "
    "Two of its eleven lorries had been delayed by a broken bridge near the old paper mill. "
    "Captain Orlow asked the ferry company for help, which was refused in writing on 14 March. "
    "The remaining fuel was stored under the school gymnasium, guarded by four volunteers. "
    "Nobody informed the regional office until the following week, when the invoices arrived."
)
OTHER = (
    "Dear members, the orchid exhibition opens in the glass pavilion on the first Sunday of June. "
    "Visitors may photograph every plant except the hybrids lent by our friends from Lisbon. "
    "Volunteers who can water the beds on weekday evenings should write to the head gardener."
)
CLAUSE = (
    "Neither party shall be liable for delay caused by events beyond its reasonable control, provided that "
    "it notifies the other party promptly and resumes performance as soon as circumstances permit."
)
FOREIGN = (
    "Newspapers wondered all summer why prices at the market had doubled. Fishermen blamed the weather, "
    "bakers blamed the millers, and the mayor, who was seldom seen without an umbrella, blamed the calendar. "
)
SAMPLES = {
    "de": "Die Brücke über den Fluß wurde am Morgen gesperrt, weil drei Pfeiler nach dem Hochwasser "
    "Risse zeigten. Der Landrat ließ die Zufahrt bewachen und bestellte ein Gutachten.",
    "fr": "Le pont fut fermé à l’aube parce que trois piliers étaient fissurés après la crue. "
    "Le préfet fit garder l’accès et commanda une expertise indépendante à Grenoble.",
    "ru": "Мост закрыли на рассвете, потому что после паводка треснули три опоры. "
    "Начальник округа велел охранять подъезд и заказал независимую экспертизу в Казани.",
    "zh": "洪水过后三根桥墩出现裂缝，因此大桥在黎明时分关闭。"
    "地方长官命令守卫入口，并委托外省专家提交独立报告。",
    "ar": "أغلق الجسر عند الفجر بعد أن ظهرت شقوق في ثلاث دعامات إثر الفيضان. "
    "وأمر المحافظ بحراسة المدخل وطلب تقريرا مستقلا من خبراء العاصمة.",
}


def matched(leak: str, *sources: Source, documents: int = 0) -> list[TextMatch]:
    """Matches with an index that proposes the beginning of every document; texts here are short."""
    known = {source.id: source for source in sources}
    hits = [Hit(name, (0, len(leak)), 0, 1.0, "characters") for name in known]
    return match_text(
        leak,
        hits,
        known.__getitem__,
        registry_characters=10_000_000,
        registry_documents=documents or len(sources),
    )


def document(name: str, text: str, public: bool = False) -> Source:
    return Source(name, f"Title of {name}", text, (0,), public)


def test_an_excerpt_is_found_exactly() -> None:
    start, end = REPORT.index("Captain"), REPORT.index("Nobody") - 1
    (match,) = matched(REPORT[start:end], document("D-1", REPORT), document("D-2", OTHER))
    (passage,) = match.passages
    assert passage.document == (start, end)
    assert passage.leak == (0, end - start)
    assert (passage.page, passage.similarity, match.leak_covered) == (1, 1.0, 1.0)
    assert match.coincidence <= ACCEPTED


def test_text_of_no_document_matches_nothing() -> None:
    assert matched(FOREIGN, document("D-1", REPORT), document("D-2", OTHER)) == []


def test_a_short_formula_does_not_count() -> None:
    one = "Signed in accordance with the provisions of the treaty by both captains yesterday."
    matches = matched(
        "Sold in accordance with the provisions of the will, said an aunt.", document("D-1", one)
    )
    assert all(match.coincidence > ACCEPTED for match in matches)


@pytest.mark.parametrize("language", SAMPLES)
def test_languages(language: str) -> None:
    text = SAMPLES[language]
    others = [document(name, other) for name, other in SAMPLES.items()]
    matches = matched(text.upper(), *others)
    assert matches[0].document == language
    assert matches[0].coincidence <= ACCEPTED
    assert matches[0].passages[0].document == (0, len(text))


@pytest.mark.parametrize("seed", range(5))
def test_a_noisy_excerpt_is_found(seed: int) -> None:
    rng = np.random.default_rng(seed)
    letters = [chr(97 + int(rng.integers(26))) if rng.random() < 0.1 else c for c in REPORT]
    assert matched("".join(letters), document("D-1", REPORT))[0].coincidence <= ACCEPTED


@pytest.mark.parametrize("seed", range(5))
def test_a_reworded_excerpt_is_found(seed: int) -> None:
    rng = np.random.default_rng(seed)
    words = ["thing" if rng.random() < 0.2 else word for word in REPORT.split()]
    assert matched(" ".join(words), document("D-1", REPORT))[0].coincidence <= ACCEPTED


def test_an_article_that_quotes_is_mixed_and_its_own_words_are_foreign() -> None:
    quote = REPORT[: REPORT.index("Captain") - 1]
    leak = FOREIGN * 3 + quote + " " + FOREIGN * 3
    matches = matched(leak, document("D-1", REPORT))
    judgement = genuineness(leak, matches)
    assert judgement.verdict == "mixed"
    assert len(judgement.foreign) == 2
    assert quote in leak[judgement.foreign[0][1] : judgement.foreign[1][0]]


def unrelated(count: int) -> list[Source]:
    """Documents that have nothing but a clause in common."""
    bodies = [REPORT, OTHER, *(" ".join(text.split()[::-1]) for text in (REPORT, OTHER, FOREIGN * 2))]
    return [document(f"D-{n}", f"{body} {CLAUSE} {body[:40]}") for n, body in enumerate(bodies[:count])]


@pytest.mark.parametrize("count", [3, 5])
def test_a_clause_of_many_documents_is_no_evidence_and_says_so(count: int) -> None:
    matches = matched(CLAUSE, *unrelated(count))
    assert len(matches) == count
    assert all(match.coincidence > ACCEPTED for match in matches)
    assert all("also in" in passage.common for match in matches for passage in match.passages)
    assert genuineness(CLAUSE, matches).verdict == "not-ours"


def test_a_page_that_another_document_quotes_is_evidence() -> None:
    matches = matched(CLAUSE, *unrelated(2))
    assert all(match.coincidence <= ACCEPTED and not match.passages[0].common for match in matches)


def test_what_few_of_very_many_documents_hold_is_evidence() -> None:
    matches = matched(CLAUSE, *unrelated(5), documents=10_000)
    assert all(match.coincidence <= ACCEPTED and not match.passages[0].common for match in matches)


def test_what_the_index_knows_in_many_documents_is_no_evidence() -> None:
    def frequency(text: str, spans: Sequence[Span]) -> NDArray[np.int64]:
        return np.array([40 if CLAUSE[5:30] in text else 1 for _ in spans], np.int64)

    (source,) = unrelated(1)
    (match,) = match_text(
        CLAUSE,
        [Hit("D-0", (0, len(CLAUSE)), 0, 1.0, "words")],
        lambda _: source,
        registry_characters=10**8,
        registry_documents=10_000,
        frequency=frequency,
    )
    assert match.coincidence > ACCEPTED
    assert match.passages[0].common.startswith("also in")


def test_the_limit_of_what_is_common_grows_with_the_registry() -> None:
    limits = [limit(documents) for documents in (0, 1, 20, 150, 1_000, 10_000, 1_000_000)]
    assert limits == [2, 2, 2, 2, 3, 8, 80]


def test_a_public_text_is_no_evidence() -> None:
    matches = matched(CLAUSE, document("D-1", f"{REPORT} {CLAUSE}"), document("P-1", CLAUSE, public=True))
    assert [match.document for match in matches] == ["D-1", "P-1"]
    assert all(match.coincidence > ACCEPTED for match in matches)
    assert matches[0].passages[0].common == "in the public text “Title of P-1”"


def test_versions_count_in_full_and_the_nearest_is_first() -> None:
    drafts = [document(f"D-{n}", REPORT.replace("eleven", f"{n} or so")) for n in range(6)]
    matches = matched(REPORT.replace("eleven", "4 or so"), *drafts)
    assert matches[0].document == "D-4"
    assert all(match.coincidence <= ACCEPTED and not match.passages[0].common for match in matches)


def test_verdicts() -> None:
    matches = matched(REPORT, document("D-1", REPORT))
    assert genuineness(REPORT, matches).verdict == "genuine"
    change = Change("number", "eleven", "twelve", (0, 1), (0, 1), "The leak says twelve.")
    assert genuineness(REPORT, matches, {"D-1": [change]}).verdict == "altered"
    assert genuineness(REPORT, matches, {"D-2": [change]}).verdict == "genuine"
    halves = REPORT[: len(REPORT) // 2] + " " + OTHER[: len(OTHER) // 2]
    spliced = matched(halves, document("D-1", REPORT), document("D-2", OTHER))
    assert genuineness(halves, spliced).verdict == "mixed"


def test_a_passage_names_all_the_pages_that_it_stands_on() -> None:
    second, third = REPORT.index("Captain"), REPORT.index("Nobody")
    source = Source("D-1", "Three pages", REPORT, (0, second, third))
    (whole,) = matched(REPORT, source)[0].passages
    (middle,) = matched(REPORT[second:third], source)[0].passages
    assert (whole.page, whole.pages) == (1, (1, 2, 3))
    assert (middle.page, middle.pages) == (2, (2,))
    (unpaged,) = matched(REPORT, Source("D-2", "No pages", REPORT))[0].passages
    assert (unpaged.page, unpaged.pages) == (None, ())


@given(st.integers(0, 500), st.integers(1, 500), st.integers(1, 40), st.integers(0, 39))
def test_a_part_of_a_passage_may_show_its_own_page(start: int, length: int, pages: int, nth: int) -> None:
    """Pages of equal length: the one that a part stands on is among those it may show, and few others are."""
    passage = Passage((start, start + pages * length), (0, 1), tuple(range(7, 7 + pages)), 1.0, -9.0)
    nth %= pages
    shown = passage.pages_beside((start + nth * length, start + (nth + 1) * length))
    assert 7 + nth in shown
    assert len(shown) <= 4


def test_common_wording_names_the_documents_that_hold_it() -> None:
    matches = matched(CLAUSE, *unrelated(5))
    sentence = genuineness(CLAUSE, matches).sentence
    assert "only common wording" in sentence
    assert sentence.count("“Title of D-") == 3
    assert "and 2 more" in sentence
