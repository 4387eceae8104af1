"""fother check: is the registry whole?"""

from __future__ import annotations

from typing import Annotated

import typer

from fother.cli.common import HomeOption, JsonOption, out, print_json, registry
from fother.flow.health import commitment_findings, index_findings, isolation_findings
from fother.flow.log import findings as log_findings
from fother.flow.seals import seal_findings
from fother.registry import as_dict

NAME = "check"
DAMAGED = 7


def run(
    collect: Annotated[
        bool, typer.Option(help="Also delete files that belong to nothing and are older than a day.")
    ] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Verify the registry: hashes, keys, references, log, unfinished issues, search indexes.

    Says as well how leaked files are isolated on this machine, and how to do better.

    Exit status 7 when something is lost or wrong, 0 otherwise.
    """
    with registry(home, publish=False) as opened:
        findings = (
            *opened.check(),
            *log_findings(opened),
            *index_findings(opened),
            *commitment_findings(opened),
            *seal_findings(opened),
            *isolation_findings(),
        )
        removed = opened.collect() if collect else ()
        where = opened.home
    damaged = any(f.severity == "error" for f in findings)
    if json:
        print_json({"ok": not damaged, "findings": [as_dict(f) for f in findings], "removed": list(removed)})
    else:
        for finding in findings:
            out.print(f"{finding.severity}: {finding.subject}: {finding.sentence}")
        out.print(f"{where}: " + ("the registry is damaged." if damaged else "the registry is whole."))
        if removed:
            out.print(f"{len(removed)} files that belonged to nothing were deleted.")
    if damaged:
        raise typer.Exit(DAMAGED)
