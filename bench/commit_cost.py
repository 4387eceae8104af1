"""What committing before sending costs, per copy of a document and per issue.

    python bench/commit_cost.py [FILE.pdf] [--copies 200]

One process, CPU time. Per copy: made and read back, as without commitments; made again and written. Per
issue: leaves, tree and header of so many copies with 16 decoys, the transaction, and publishing the log. The
sample that comes along is taken when no file is given.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import closing
from importlib import resources
from pathlib import Path

from fother.flow.commit import committed_copies, committed_edition
from fother.flow.copies import CopyJob, CopyMaker
from fother.flow.issuing import make_request
from fother.flow.log import publish
from fother.flow.registering import register
from fother.registry import CommittedLeaf, Copy, Decoy, RecipientRow, open_registry


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--copies", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = options.file or folder / "sample.pdf"
        if options.file is None:
            source.write_bytes(resources.files("fother.demo").joinpath("sample.pdf").read_bytes())
        with open_registry(folder / "home") as registry:
            document = register(registry, source).document
            edition = registry.edition(document.id, 3, 1.0)
            rows = [RecipientRow(k + 1, k + 2, email=f"r{k}@example.org") for k in range(options.copies)]
            issue = registry.reserve(edition.id, rows, source="rows", decoys=16).issue.id
            everything: list[Copy | Decoy] = [*registry.copies(), *registry.decoys()]
            jobs = [CopyJob(c.id, c.index, registry.stamp(c), None) for c in everything]
            with closing(CopyMaker(make_request(registry, document, edition, folder))) as maker:
                maker.make_ready(jobs[0])  # caches of the pages
                start = time.process_time()
                ready = [maker.make_ready(job) for job in jobs]
                made = (time.process_time() - start) / len(jobs)
                start = time.process_time()
                for job in jobs[: options.copies]:
                    maker.write(job)
                written = (time.process_time() - start) / options.copies
            registry.make_ready(issue, *ready)
            start = time.process_time()
            shared = committed_edition(registry, document, edition)
            files = {copy.index: copy.sha256 for copy in ready}
            leaves = [
                CommittedLeaf(
                    c.index, registry.identity_commitment(c) if isinstance(c, Copy) else None, files[c.index]
                )
                for c in everything
            ]
            header = shared.header(committed_copies(leaves)).encode()
            tree = time.process_time() - start
            start = time.process_time()
            registry.commit(issue, header, leaves)
            publish(registry)
            log = time.process_time() - start
            pages = document.pages
    print(f"{source.name}: {pages} pages, {options.copies} copies and 16 decoys")
    print(f"  made and read back          {1e3 * made:8.2f} ms a copy")
    print(f"  made again and written      {1e3 * written:8.2f} ms a copy = {100 * written / made:.0f} % more")
    print(f"  decoys                      {1e3 * 16 * made:8.0f} ms an issue")
    print(
        f"  leaves, tree and header     {1e3 * tree:8.0f} ms an issue, {1e3 * tree / len(jobs):.3f} ms a copy"
    )
    print(f"  transaction and publishing  {1e3 * log:8.0f} ms an issue")


if __name__ == "__main__":
    main()
