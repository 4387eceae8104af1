"""fother reindex: make the search indexes anew."""

from __future__ import annotations

from fother.cli.common import HomeOption, JsonOption, QuietOption, out, print_json, progress, registry
from fother.flow.library import rebuild

NAME = "reindex"


def run(home: HomeOption = None, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Delete the search indexes and make them anew from the registered documents.

    Needed only when `fother identify` says that an index is damaged. The indexes hold nothing that the
    registry does not; interrupted, the command may simply be run again.
    """
    with registry(home) as opened, progress(quiet or json) as bars:
        count = rebuild(opened, bars)
    if json:
        print_json({"documents": count})
        return
    out.print(f"Indexed {count} document{'' if count == 1 else 's'}.")
