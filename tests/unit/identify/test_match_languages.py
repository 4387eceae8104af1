"""Texts of other scripts on one subject that are not the same text do not match, also when recognised."""

from __future__ import annotations

import pytest

from fother.identify.chance import ACCEPTED
from fother.identify.match import Source, TextMatch, match_text
from fother.model.match import Hit

#: registered text, then another text on the same subject
PAIRS = {
    "zh": (
        "港口管理处星期二上午召开会议，讨论明年的码头扩建计划。会议决定先修理东侧的旧仓库，然后再购买新的起重机。",
        "星期二上午的会议上，渔民代表提出了不同的意见。他们认为扩建计划会影响近海捕捞，希望管理处先公布环境调查的结果。",
    ),
    "ja": (
        "委員会は火曜日の午後、来年度の予算案について話し合った。古い橋の補修を先に行い、その後で新しい道路を作ることが決まった。",
        "火曜日の午後、町の図書館では子どものための朗読会が開かれた。来年度も同じ時期に続けたいと館長は話している。",
    ),
    "ko": (
        "위원회는 화요일 오후에 내년 예산안을 논의하였다. "
        "낡은 다리를 먼저 고치고 나서 새 도로를 놓기로 결정하였다.",
        "화요일 오후 도서관에서는 어린이를 위한 낭독회가 열렸다. "
        "관장은 내년에도 같은 행사를 계속하고 싶다고 말했다.",
    ),
    "ar": (
        "اجتمعت لجنة الميناء صباح الثلاثاء لبحث خطة توسيع الأرصفة في العام المقبل. "
        "وقررت إصلاح المخازن القديمة أولا.",
        "قال ممثل الصيادين صباح الثلاثاء إن خطة التوسيع تضر بالصيد قرب الساحل. "
        "وطلب نشر نتائج الدراسة البيئية قبل البدء.",
    ),
    "ru": (
        "Во вторник утром комиссия порта обсудила план расширения причалов на будущий год. "
        "Решено сначала отремонтировать старые склады на восточной стороне.",
        "Во вторник утром представитель рыбаков заявил, что расширение повредит лову у берега. "
        "Он просит сначала опубликовать результаты проверки воды и льда.",
    ),
    "el": (
        "Την Τρίτη το πρωί η επιτροπή του λιμανιού συζήτησε το σχέδιο επέκτασης για το επόμενο έτος. "
        "Αποφασίστηκε να επισκευαστούν πρώτα οι παλιές αποθήκες της ανατολικής πλευράς.",
        "Την Τρίτη το πρωί ο εκπρόσωπος των ψαράδων διαφώνησε με την επέκταση κοντά στην ακτή. "
        "Ζήτησε να δημοσιευτούν πρώτα τα αποτελέσματα της μελέτης για το νερό.",
    ),
}


def matched(leak: str, text: str, recognised: bool) -> list[TextMatch]:
    hits = [Hit("D", (0, len(leak)), 0, 1.0, "characters")]
    return match_text(
        leak, hits, lambda name: Source(name, name, text), registry_characters=10**7, recognised=recognised
    )


@pytest.mark.parametrize("recognised", [False, True])
@pytest.mark.parametrize("language", PAIRS)
def test_another_text_on_the_subject_is_no_match(language: str, recognised: bool) -> None:
    text, other = PAIRS[language]
    assert all(m.coincidence > ACCEPTED for m in matched(other, text, recognised))


@pytest.mark.parametrize("recognised", [False, True])
@pytest.mark.parametrize("language", PAIRS)
def test_the_text_itself_is_a_match(language: str, recognised: bool) -> None:
    text = PAIRS[language][0]
    (match,) = matched(text, text, recognised)
    assert match.coincidence <= ACCEPTED


def test_differences_cost_less_in_recognised_text() -> None:
    text = PAIRS["ru"][0]
    leak = "".join("%" if nth % 9 == 4 else c for nth, c in enumerate(text))
    typed, read = (matched(leak, text, recognised)[0] for recognised in (False, True))
    assert read.coincidence < typed.coincidence
    assert read.passages[0].log10_chance < typed.passages[0].log10_chance
