"""Attributions in real news that people annotated (PolNeAR 1.0.0), ours beside textacy and a quote regex.

    git clone https://github.com/networkdynamics/PolNeAR bench/corpus/polnear
    python bench/press_corpus.py bench/corpus/polnear --part test

E. Newell, D. Margolin, D. Ruths, An Attribution Relations Corpus for Political News, LREC 2018. The corpus
has no licence that lets it be passed on, so none of it is here. It marks more than statements (beliefs,
intentions, every "thinks") and one attribution a word at most, so nested statements of ours count as wrong.
"""

from __future__ import annotations

import argparse
import re
import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "unit" / "press"))

from gold_set import GoldReport, Said, matched, overlap

from fother.press.extract import extract
from press_gold import as_said, quote_regex, textacy_quotes

_OPEN = "“\"‘'"


def articles(folder: Path, part: str, every: int) -> list[GoldReport]:
    """The articles of a part with their attributions; of several annotators' the first by name."""
    base = folder / "data" / part
    found = []
    for path in sorted((base / "text").glob("*.txt"))[::every]:
        text = path.read_text("utf-8")
        annotations = sorted((base / "attributions").glob(f"{path.stem}_*.ann"))
        if annotations:
            said = _said(annotations[0].read_text("utf-8"), text)
            outlet = path.stem.split("_")[0]
            found.append(GoldReport(path.stem, part, outlet, date(2016, 1, 1), text, said, (), (), ()))
    return found


def _said(annotation: str, text: str) -> tuple[Said, ...]:
    spans: dict[str, list[tuple[int, int]]] = {}
    rows = []
    for line in annotation.splitlines():
        key, _, rest = line.partition("\t")
        if key.startswith("T"):
            places = [int(n) for n in re.findall(r"\d+", rest.split("\t")[0])]
            spans[key] = list(zip(places[::2], places[1::2], strict=True))
        elif key.startswith("E"):
            rows.append([role.split(":") for role in rest.split()])
    said = []
    for row in rows:
        content = tuple(sorted(s for role, t in row if role.startswith("Content") for s in spans.get(t, ())))
        sources = [s for role, t in row if role.startswith("Source") for s in spans.get(t, ())]
        if content and sources:
            source = (min(s[0] for s in sources), max(s[1] for s in sources))
            words = " ".join(text[a:b] for a, b in content).strip()
            direct = words[:1] in _OPEN and all(text[a:b].strip()[:1] in _OPEN for a, b in content)
            mode = "direct" if direct else "reported"
            said.append(Said(source, "", "assert", mode, content, (), text[slice(*source)]))
    return tuple(said)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--part", default="test")
    parser.add_argument("--every", type=int, default=1, help="take every n-th article")
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args()
    reports = articles(options.folder, options.part, options.every)
    print(
        f"{len(reports)} articles of the part {options.part}, "
        f"{sum(len(r.statements) for r in reports)} attributions"
    )
    systems = {"ours": lambda r: as_said(extract(r.text)), "quote regex": lambda r: quote_regex(r)[0]}
    try:
        import textacy

        systems[f"textacy {textacy.__version__}"] = lambda r: textacy_quotes(r)[0]
    except ImportError:
        print("textacy is not installed")
    for name, system in systems.items():
        found = right = wanted = speaker = 0
        quotes = quotes_right = quotes_found = quotes_precise = quotes_speaker = 0
        for report in reports:
            said = system(report)
            pairs = matched(said, report.statements)
            found, wanted, right = found + len(said), wanted + len(report.statements), right + len(pairs)
            speaker += sum(_near(f, w) for f, w in pairs)
            direct = [w for w in report.statements if w.mode == "direct"]
            met = matched(said, direct)
            quotes, quotes_right = quotes + len(direct), quotes_right + len(met)
            quotes_speaker += sum(_near(f, w) for f, w in met)
            own = [f for f in said if f.mode == "direct"]
            quotes_found += len(own)
            quotes_precise += len(matched(own, report.statements))
            if options.misses and name == "ours":
                _misses(report, said, pairs)
        p, r = right / max(1, found), right / max(1, wanted)
        ps, rs = speaker / max(1, found), speaker / max(1, wanted)
        print(
            f"{name}: content P {100 * p:.1f} R {100 * r:.1f} F {200 * p * r / max(1e-9, p + r):.1f}; "
            f"with speaker F {200 * ps * rs / max(1e-9, ps + rs):.1f}; "
            f"direct quotations R {100 * quotes_right / max(1, quotes):.1f} ({quotes_right}/{quotes}) "
            f"P {100 * quotes_precise / max(1, quotes_found):.1f}; "
            f"speaker of those {100 * quotes_speaker / max(1, quotes_right):.1f}"
        )


def _near(found: Said, wanted: Said) -> bool:
    return overlap([found.speaker], [wanted.speaker]) > 0


def _misses(report: GoldReport, said: list[Said], pairs: list[tuple[Said, Said]]) -> None:
    hit, met = {id(f) for f, _ in pairs}, {id(w) for _, w in pairs}
    for label, some, known in (("MISSED", report.statements, met), ("EXTRA", said, hit)):
        for s in some:
            if id(s) not in known:
                words = " | ".join(report.text[a:b] for a, b in s.content)
                print(f"{label} {s.mode} [{report.text[slice(*s.speaker)][:60]!r}] {words[:160]!r}")
    for f, w in pairs:
        if not _near(f, w):
            told, meant, words = (report.text[slice(*p)][:70] for p in (f.speaker, w.speaker, w.content[0]))
            print(f"WHO {told!r} not {meant!r}: {words!r}")


if __name__ == "__main__":
    main()
