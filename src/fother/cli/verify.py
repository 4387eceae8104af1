"""fother verify: check an evidence pack, without any registry."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fother.cli.common import JsonOption, QuietOption, out, print_json, progress, write_file
from fother.errors import UsageError
from fother.flow.registering import read_file
from fother.flow.verification import verifier, verify
from fother.verify.command import as_json, sentences
from fother.verify.pack import Trust

NAME = "verify"
INVALID = 1


def run(
    pack: Annotated[
        Path | None, typer.Argument(help="Pack: folder or ZIP file.", readable=False, show_default=False)
    ] = None,
    log_key: Annotated[
        str, typer.Option("--log-key", metavar="KEY", help="Key of the log that you have from elsewhere.")
    ] = "",
    commitment: Annotated[
        str, typer.Option(metavar="DIGEST", help="Commitment from the receipt of the issue.")
    ] = "",
    witness: Annotated[
        list[str] | None, typer.Option(metavar="KEY", help="Witness that must have cosigned; repeatable.")
    ] = None,
    roots: Annotated[
        Path | None,
        typer.Option(help="Trusted roots of time-stamping authorities (PEM).", readable=False),
    ] = None,
    original: Annotated[
        Path | None,
        typer.Option(help="The unmarked original: also measure the leaked files again.", readable=False),
    ] = None,
    carriers: Annotated[
        Path | None,
        typer.Option(help="Table of carriers, if it cannot be found again in the original.", readable=False),
    ] = None,
    write_verifier: Annotated[
        Path | None, typer.Option("--write-verifier", metavar="FILE", help="Write the verifier as one file.")
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Check an evidence pack: recompute all hashes, signatures, proofs, scores and probabilities in it.

    Tells what is proven and what is only stated. Exit status 0 when the pack is valid, 1 when it is not.
    """
    if write_verifier is not None:
        write_file(write_verifier, verifier())
    if pack is None:
        if write_verifier is None:
            raise UsageError("Name the pack to be checked.")
        return
    certificates = read_file(roots) if roots is not None else b""
    trust = Trust(log_key, commitment, tuple(witness or ()), certificates)
    with progress(quiet or json) as bars:
        outcome = verify(pack, trust, original=original, carriers=carriers, progress=bars)
    if json:
        print_json(as_json(outcome))
    else:
        for line in sentences(outcome):
            out.print(line)
    if not outcome.valid:
        raise typer.Exit(INVALID)
