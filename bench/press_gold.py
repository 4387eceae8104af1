"""Press extraction on the gold set, beside textacy and a regular expression for quotations, in the same run.

    python bench/press_gold.py [--part tune|test] [--misses]

Prints for each system: statements (content at intersection over union ≥ .5), direct quotations, speakers,
stance, kinds, depth of chains, events; for ours also that every span is verbatim.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "unit" / "press"))

from gold_set import NAMES, GoldReport, Planned, Said, gold, matched, same_speaker, second

from fother.language.names import packaged_names, read_names
from fother.model.press import Extraction
from fother.press.extract import extract

Extractor = Callable[[GoldReport], tuple[list[Said], list[Planned]]]


@dataclass
class Tally:
    """Counts over reports."""

    found: int = 0
    wanted: int = 0
    right: int = 0
    speaker: int = 0
    stance: int = 0
    kind: int = 0
    mode: int = 0
    depth: int = 0
    quotes_found: int = 0
    quotes_wanted: int = 0
    quotes_right: int = 0
    quotes_precise: int = 0
    quotes_speaker: int = 0
    events_found: int = 0
    events_wanted: int = 0
    events_right: int = 0
    events_dated: int = 0
    misses: list[str] = field(default_factory=list)

    def add(self, report: GoldReport, said: Sequence[Said], planned: Sequence[Planned]) -> None:
        """Count one report."""
        pairs = matched(said, report.statements)
        self.found += len(said)
        self.wanted += len(report.statements)
        self.right += len(pairs)
        for f, w in pairs:
            self.speaker += same_speaker(f, w)
            self.stance += f.stance == w.stance
            self.kind += f.kind == w.kind
            self.mode += f.mode == w.mode
            self.depth += len(f.chain) == len(w.chain)
        self._quotes(report, said)
        self._events(report, planned)
        self._note(report, said, pairs, planned)

    def _quotes(self, report: GoldReport, said: Sequence[Said]) -> None:
        found = [f for f in said if f.mode == "direct"]
        wanted = [w for w in report.statements if w.mode == "direct"]
        any_mode = matched(said, wanted)  # a quotation with "he said" beside it is found all the same
        self.quotes_wanted += len(wanted)
        self.quotes_right += len(any_mode)
        self.quotes_speaker += sum(same_speaker(f, w) for f, w in any_mode)
        self.quotes_found += len(found)
        self.quotes_precise += len(matched(found, report.statements))

    def _events(self, report: GoldReport, planned: Sequence[Planned]) -> None:
        self.events_found += len(planned)
        self.events_wanted += len(report.events)
        left = list(planned)
        for w in report.events:
            hit = next((f for f in left if f.span[0] < w.span[1] and w.span[0] < f.span[1]), None)
            if hit is not None:
                left.remove(hit)
                self.events_right += 1
                self.events_dated += (hit.first, hit.last) == (w.first, w.last)

    def _note(
        self,
        report: GoldReport,
        said: Sequence[Said],
        pairs: Sequence[tuple[Said, Said]],
        planned: Sequence[Planned],
    ) -> None:
        text = report.text

        def show(s: Said) -> str:
            words = " | ".join(text[a:b] for a, b in s.content)
            return f"[{text[slice(*s.speaker)]!r} {s.kind} {s.stance} {s.mode} {s.chain}] {words[:110]!r}"

        hit, met = {id(f) for f, _ in pairs}, {id(w) for _, w in pairs}
        self.misses += [f"{report.id} MISSED {show(w)}" for w in report.statements if id(w) not in met]
        self.misses += [f"{report.id} EXTRA  {show(f)}" for f in said if id(f) not in hit]
        for f, w in pairs:
            if (
                not same_speaker(f, w)
                or (f.stance, f.kind, f.mode) != (w.stance, w.kind, w.mode)
                or len(f.chain) != len(w.chain)
            ):
                self.misses.append(f"{report.id} WRONG  {show(f)}\n{' ' * 12}not {show(w)}")
        for w in report.events:
            if not any(
                f == w
                or (
                    f.span[0] < w.span[1] and w.span[0] < f.span[1] and (f.first, f.last) == (w.first, w.last)
                )
                for f in planned
            ):
                self.misses.append(f"{report.id} EVENT MISSED {text[slice(*w.span)]!r} {w.first} {w.last}")
        for f in planned:
            if not any(f.span[0] < w.span[1] and w.span[0] < f.span[1] for w in report.events):
                self.misses.append(f"{report.id} EVENT EXTRA {text[slice(*f.span)]!r} {f.first} {f.last}")

    def lines(self) -> list[str]:
        """The figures, one a line."""

        def share(part: int, whole: int) -> str:
            return f"{100 * part / whole:5.1f} % ({part}/{whole})" if whole else "    –"

        return [
            f"  statements recall    {share(self.right, self.wanted)}",
            f"  statements precision {share(self.right, self.found)}",
            f"  speaker right        {share(self.speaker, self.right)}",
            f"  kind right           {share(self.kind, self.right)}",
            f"  stance right         {share(self.stance, self.right)}",
            f"  mode right           {share(self.mode, self.right)}",
            f"  chain depth right    {share(self.depth, self.right)}",
            f"  direct recall        {share(self.quotes_right, self.quotes_wanted)}",
            f"  direct precision     {share(self.quotes_precise, self.quotes_found)}",
            f"  direct speaker       {share(self.quotes_speaker, self.quotes_right)}",
            f"  events recall        {share(self.events_right, self.events_wanted)}",
            f"  events precision     {share(self.events_right, self.events_found)}",
            f"  event dates right    {share(self.events_dated, self.events_right)}",
        ]


def ours(report: GoldReport) -> tuple[list[Said], list[Planned]]:
    """Our rules with the gold set's own names, as an organisation would list its own."""
    names = packaged_names().with_own(read_names(NAMES))
    found = extract(report.text, outlet=report.outlet, published=report.published, names=names)
    verbatim(report.text, found)
    return as_said(found), [
        Planned((e.span.start, e.span.end), e.start_date, e.end_date)
        for e in found.events
        if e.start_date and e.end_date
    ]


def as_said(found: Extraction) -> list[Said]:
    """Our statements in the form of the gold set."""
    return [
        Said(
            (s.speaker.span.start, s.speaker.span.end),
            s.speaker.kind,
            s.stance,
            s.mode,
            tuple((c.start, c.end) for c in s.content),
            s.chain[1:],
            s.speaker.name or s.chain[-1],
        )
        for s in found.statements
    ]


def verbatim(text: str, found: Extraction) -> int:
    """Count all spans; each must lie within the text and hold something. Raises AssertionError."""
    spans = [s.speaker.span for s in found.statements]
    spans += [c for s in found.statements for c in s.content]
    spans += [m for d in found.documents for m in (*d.mentions, *d.alleged_content)]
    spans += [m for p in found.parties for m in p.mentions] + [e.span for e in found.events]
    for span in spans:
        assert 0 <= span.start < span.end <= len(text), span
        assert span.of(text).strip() == span.of(text), span
    return len(spans)


_REGEX = re.compile(
    r"(?P<quote>[“\"][^”\"\n]{4,}[”\"])[,\s]*(?:(?P<after>(?:[A-Z][\w.'’-]+\s?){1,4}|he|she|they|it)\s+"
    r"(?:said|says|told|added|wrote)|(?:said|says|added|wrote)\s+(?P<before>(?:[A-Z][\w.'’-]+\s?){1,4}|he|she))?"
)


def quote_regex(report: GoldReport) -> tuple[list[Said], list[Planned]]:
    """The usual regular expression: a quotation, then a name and "said"."""
    found = []
    for match in _REGEX.finditer(report.text):
        group = "after" if match["after"] else "before"
        if match[group]:
            name = match[group].strip()
            start = match.start(group)
            who = (start, start + len(name))
            found.append(Said(who, "named", "assert", "direct", (match.span("quote"),), (name,), name))
    return found, []


def textacy_quotes(report: GoldReport) -> tuple[list[Said], list[Planned]]:
    """textacy's direct quotations on the same pipeline (development only)."""
    import textacy.extract

    from fother.language.english import parse

    doc = parse(report.text)
    found = []
    try:
        for triple in textacy.extract.direct_quotations(doc):
            who = (triple.speaker[0].idx, triple.speaker[-1].idx + len(triple.speaker[-1]))
            content = (triple.content.start_char, triple.content.end_char)
            name = report.text[slice(*who)]
            found.append(Said(who, "named", "assert", "direct", (content,), (name,), name))
    except ValueError:
        pass  # it refuses texts with an odd number of marks
    return found, []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=("tune", "test"))
    parser.add_argument("--agreement", action="store_true", help="first against second annotation")
    parser.add_argument("--misses", action="store_true", help="list what ours got wrong")
    options = parser.parse_args()
    reports = gold(options.part)
    words = sum(len(r.text.split()) for r in reports)
    print(f"{len(reports)} reports, {words} words, part: {options.part or 'all'}")
    if options.agreement:
        again = second()
        tally = Tally()
        for report in reports:
            tally.add(report, again[report.id], report.events)
        print("second annotation against the first", *tally.lines()[:10], sep="\n")
        return
    systems: dict[str, Extractor] = {"ours": ours, "quote regex": quote_regex}
    try:
        import textacy

        systems[f"textacy {textacy.__version__}"] = textacy_quotes
    except ImportError:
        print("textacy is not installed; pip install textacy to see it beside ours")
    for name, system in systems.items():
        tally = Tally()
        for report in reports:
            tally.add(report, *system(report))
        print(name, *tally.lines(), sep="\n")
        if options.misses and name == "ours":
            print(*tally.misses, sep="\n")


if __name__ == "__main__":
    main()
