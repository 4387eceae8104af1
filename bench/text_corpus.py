"""Gather real texts into bench/corpus_text/texts.jsonl for the benches of identification. They stay here.

    python bench/text_corpus.py [--git-dir DIR] [--extra FOLDER ...] [--limit N]

Each line is {"id", "kind", "text"}. Kinds:
record         declassified records as recognised text, from a clone of github.com/noops888/jfk-files-text
               (`git clone --bare`, given by --git-dir); of the releases of one record the longest text
documentation  texts of installed Debian packages under /usr/share/doc (plain, Markdown and HTML)
extra          *.txt and *.md below each folder given by --extra
"""

from __future__ import annotations

import argparse
import gzip
import html
import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

CORPUS = Path(__file__).parent / "corpus_text"
SHORTEST, LONGEST = 1_000, 2_000_000  # characters of a text that is used

Text = tuple[str, str, str]  # id, kind, text


def records(git_dir: Path) -> Iterator[Text]:
    """One text of each record, the longest of its releases."""
    chosen = {name: max(found)[1] for name, found in releases(git_dir).items()}
    for name, text in zip(sorted(chosen), blobs(git_dir, (chosen[n] for n in sorted(chosen))), strict=True):
        yield name, "record", text


def releases(git_dir: Path) -> dict[str, list[tuple[int, str]]]:
    """Size and blob of each release of each record."""
    git = ["git", f"--git-dir={git_dir}"]
    listing = subprocess.run(
        [*git, "ls-tree", "-r", "-l", "HEAD", "extracted_text/releases"], check=True, capture_output=True
    ).stdout.decode()
    found: dict[str, list[tuple[int, str]]] = {}
    for line in listing.splitlines():
        head, path = line.split("\t", 1)
        blob, size = head.split()[2:4]
        # A partial clone does not say the size of what it lacks.
        if path.endswith(".md") and size.isdigit() and SHORTEST < int(size) < LONGEST:
            found.setdefault(PurePosixPath(path).stem, []).append((int(size), blob))
    return found


def blobs(git_dir: Path, wanted: Iterable[str]) -> Iterator[str]:
    """Texts of some blobs, in their order."""
    with subprocess.Popen(
        ["git", f"--git-dir={git_dir}", "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as batch:
        assert batch.stdin is not None
        assert batch.stdout is not None
        for blob in wanted:
            yield _blob(batch.stdin, batch.stdout, blob).decode("utf-8", "replace")
        batch.stdin.close()


def _blob(request: IO[bytes], answer: IO[bytes], blob: str) -> bytes:
    request.write(blob.encode() + b"\n")
    request.flush()
    size = int(answer.readline().split()[2])
    data = answer.read(size)
    answer.read(1)
    return data


def documentation(folder: Path) -> Iterator[Text]:
    """Plain text, Markdown and HTML of installed packages, without changelogs and licences."""
    for path in sorted(folder.rglob("*")):
        name = path.name.removesuffix(".gz")
        wanted = name.endswith((".txt", ".md", ".html", ".rst")) or name in {"README", "FAQ", "TODO"}
        if not wanted or not path.is_file() or path.is_symlink():
            continue
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = data.decode("utf-8", "replace")
        if name.endswith(".html"):
            text = html.unescape(re.sub(r"<[^<>]*>", " ", re.sub(r"(?s)<(script|style).*?</\1>", " ", text)))
        yield str(path.relative_to(folder)), "documentation", text


def extra(folder: Path) -> Iterator[Text]:
    for path in sorted([*folder.rglob("*.txt"), *folder.rglob("*.md")]):
        yield f"{folder.name}/{path.relative_to(folder)}", "extra", path.read_text("utf-8", "replace")


def load(limit: int | None = None) -> list[Text]:
    """The gathered texts, in the order of the file."""
    with (CORPUS / "texts.jsonl").open(encoding="utf-8") as file:
        texts = [(row["id"], row["kind"], row["text"]) for row in map(json.loads, file)]
    return texts[:limit]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--git-dir", type=Path)
    parser.add_argument("--extra", type=Path, nargs="*", default=[])
    parser.add_argument("--limit", type=int, help="so many texts of each kind at most")
    arguments = parser.parse_args()
    sources = [documentation(Path("/usr/share/doc")), *map(extra, arguments.extra)]
    if arguments.git_dir:
        sources.append(records(arguments.git_dir))
    CORPUS.mkdir(exist_ok=True)
    counts: dict[str, list[int]] = {}
    with (CORPUS / "texts.jsonl").open("w", encoding="utf-8") as file:
        for source in sources:
            for nth, (name, kind, text) in enumerate(source):
                if nth == arguments.limit:
                    break
                if SHORTEST <= len(text) <= LONGEST:
                    file.write(json.dumps({"id": name, "kind": kind, "text": text}) + "\n")
                    count = counts.setdefault(kind, [0, 0])
                    count[0] += 1
                    count[1] += len(text)
    for kind, (number, characters) in counts.items():
        print(f"{kind:14} {number:7,} texts {characters / 1e6:9,.0f} million characters")


if __name__ == "__main__":
    main()
