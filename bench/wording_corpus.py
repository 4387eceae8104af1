"""Gather real documents into bench/corpus_wording/ for the bench of wordings. They stay here.

    python bench/wording_corpus.py --mirror FOLDER

FOLDER holds bare clones named OWNER+NAME/repo of public repositories on GitHub:
report    iandennismiller/mueller-report (two volumes as HTML), usnistgov/800-63-3 (NIST SP 800-63)
directive cisagov/cyber.dhs.gov (binding directives of an authority)
contract  CommonPaper/CSA, CommonPaper/DPA (standard agreements, CC BY 4.0)
minutes   python/steering-council (reports of a council to its members)
release   GSA/digitalgov.gov (news of an authority)
mail      mikel/mail, mailgun/talon (messages in their tests, joined: single ones are short)
Works of the United States government are in the public domain; the others are used here for measuring only.
"""

from __future__ import annotations

import argparse
import email
import email.policy
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import lxml.html

CORPUS = Path(__file__).parent / "corpus_wording"
_MINUTES = 8
_RELEASES = 9
_MOST_WORDS = 12_000  # of one document; longer ones are cut at a paragraph

Document = tuple[str, str]  # name, text


def show(folder: Path, path: str) -> bytes:
    return subprocess.run(
        ["git", f"--git-dir={folder}", "show", f"HEAD:{path}"], capture_output=True, check=True
    ).stdout


def paths(folder: Path, pattern: str) -> list[str]:
    listed = subprocess.run(
        ["git", f"--git-dir={folder}", "-c", "core.quotePath=off", "ls-tree", "-r", "-l", "HEAD"],
        capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    rows = [line.split(None, 4) for line in listed.splitlines()]
    found = [(int(r[3]), r[4]) for r in rows if r[3].isdigit() and re.search(pattern, r[4])]
    return [path for _, path in sorted(found, reverse=True)]


def from_html(data: bytes) -> str:
    tree = lxml.html.fromstring(data)
    for bad in tree.xpath("//sup | //script | //style | //table | //*[contains(@class,'footnote')]"):
        bad.drop_tree()
    return "\n\n".join(
        " ".join(p.text_content().split()) for p in tree.iter("p", "li") if p.text_content().strip()
    )


def from_markdown(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.S)
    text = re.sub(r"```.*?```|<!--.*?-->|\{\{[<%].*?[>%]\}\}|\{%.*?%\}", "", text, flags=re.S)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)|</?[^>\n]+>|[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}", r"\1", text)
    kept = []
    for block in re.split(r"\n\s*\n|\n(?=\s*(?:[-*+]|\d+\.)\s)", text):
        block = " ".join(re.sub(r"(?m)^\s*(?:[-*+>]|\d+\.)\s+", "", block).split())
        if block and block[0] not in "#|{":
            kept.append(block)
    return "\n\n".join(kept)


def from_mail(data: bytes) -> str:
    message = email.message_from_bytes(data, policy=email.policy.default)
    try:
        part = message.get_body(("plain",))
        text = part.get_content() if part is not None else ""
    except (LookupError, ValueError, KeyError, AttributeError, AssertionError):
        return ""
    return "\n".join(line for line in str(text).splitlines() if not line.startswith((">", "--", "__")))


def documents(mirror: Path) -> Iterator[Document]:
    def at(name: str) -> Path:
        return mirror / name / "repo"

    mueller = at("iandennismiller+mueller-report")
    for volume in (1, 2):
        text = from_html(show(mueller, f"docs/mueller-report-vol-{volume}.html"))
        yield f"report-mueller-{volume}", text
    nist = at("usnistgov+800-63-3")
    for part in ("sp800-63-3", "sp800-63a", "sp800-63b", "sp800-63c"):
        found = sorted(
            p for p in paths(nist, rf"^{part}/.*\.md$") if "definitions" not in p and "cover" not in p
        )
        yield f"report-{part}", "\n\n".join(from_markdown(show(nist, p)) for p in found)
    cisa = at("cisagov+cyber.dhs.gov")
    for path in paths(cisa, r"^pages/[\w-]*\d\d-\d\d\.md$")[:6]:
        yield f"directive-{Path(path).stem}", from_markdown(show(cisa, path))
    for name in ("CSA", "DPA"):
        yield f"contract-{name.lower()}", from_markdown(show(at(f"CommonPaper+{name}"), f"{name}.md"))
    council = at("python+steering-council")
    for number, path in enumerate(paths(council, r"^updates/.*\.md$")[:_MINUTES], 1):
        yield f"minutes-{number}", from_markdown(show(council, path))
    news = at("GSA+digitalgov.gov")
    for number, path in enumerate(paths(news, r"^content/news/20(?:19|2\d)/.*\.md$")[:_RELEASES], 1):
        yield f"release-{number}", from_markdown(show(news, path))
    for name in ("mikel+mail", "mailgun+talon"):
        texts = {
            from_mail(show(at(name), p)) for p in paths(at(name), r"\.eml$|fixtures/.*email.*/\d+|P/\d+")
        }
        yield f"mail-{name.split('+')[1]}", "\n\n".join(sorted(texts))


def pieces(text: str, most: int) -> Iterator[str]:
    """At most so many parts of equal length, at ends of paragraphs."""
    paragraphs, part, words = text.split("\n\n"), [], 0
    for paragraph in paragraphs:
        part.append(paragraph)
        words += len(paragraph.split())
        if words >= _MOST_WORDS:
            yield "\n\n".join(part)
            part, words, most = [], 0, most - 1
            if most == 0:
                return
    if words > 500:
        yield "\n\n".join(part)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mirror", type=Path, required=True)
    mirror = parser.parse_args().mirror
    CORPUS.mkdir(exist_ok=True)
    for name, text in documents(mirror):
        (CORPUS / f"{name}.txt").write_text(next(iter(pieces(text, 1)), text), encoding="utf-8")
        print(f"{name:28} {len(text.split()):7} words")


if __name__ == "__main__":
    main()
