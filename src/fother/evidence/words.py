"""The texts of an evidence pack for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fother.verify.claims import cautious
from fother.verify.evidence import Result

METHOD = """\
How the evidence in this pack was made, and how to check it

1. Marks. Every copy of the document carries a codeword: one symbol, 0 or 1, in each carrier. A carrier is a
   gap between two words of a page, made wider or narrower by about 1/50 of the letter size, or a place of a
   text that can be written in several ways: a wording, a space. Symbol 1 has a secret probability of its own
   in each carrier, the bias (Tardos, STOC 2003). Each copy's symbols were drawn from a keystream,
   independently of those of all other copies.
2. Commitment. Before any copy was written, salted hashes of all codewords, of the files, of whom each copy
   was for, of the biases and of the rules of decision were put into one Merkle tree (RFC 6962), whose header
   was entered into an append-only log. Some copies, the decoys, were given to nobody.
3. Observation. The leaked file was compared with the unmarked original, never with any copy. For each carrier
   that could be read, observations.csv has a value and how far the two symbols would lie apart (both in
   thousandths of the noise), and the line and page (of a text, the paragraph) it stands on.
4. Score. From observations, biases and a hypothesis about how the leak was made follows a whole-number weight
   for each carrier. A copy's score is the sum of the weights where its symbol is 1. For a copy that had no
   part in the leak the distribution of that sum is known exactly, whatever was leaked, so the probability to
   score as high by chance is computed, not estimated.
5. Decision. A copy is named when that probability, times the number of copies and the number of ways in which
   they were looked at, stays below the level of the trace.

Check it: python verify_pack.py PACK (needs Python 3.11 and the package "cryptography"). It recomputes every
hash, signature, proof, score and probability from the files, and tells what is proven and what only stated.
With the unmarked original and Fother itself the observations can be measured again as well:
fother verify PACK --original FILE, for marks in a text with --carriers TABLE, which the operator can export.

What it cannot show
- Who leaked. A copy can be lost, stolen or passed on.
- That nobody else had the same copy: whoever made it (the operator) could have rendered and leaked it.
  A second keeper of the key, witnesses of the log and receipts narrow that; they do not close it.
- That the log's key is the operator's, or since when the log says what it says, unless you have the key, a
  receipt with the commitment or a witness's signature from elsewhere.
"""


def verdict_words(whole: Mapping[str, Any], results: Mapping[str, Result]) -> str:
    """The verdict in plain words, with its limits and what speaks against it."""
    lines = [f"Trace {whole['trace']} of {whole['traced_at']}", "", whole["sentence"], ""]
    accused = [a for case in whole["cases"] for a in case["accused"]]
    for a in accused:
        result = results[a["copy"]]
        lines += [
            f"Copy {a['copy']}",
            f"- An innocent copy scores as high with a probability of at most 10^{a['log10_p']}.",
            f"- This procedure names any innocent one of {whole['family']} copies on such evidence with a "
            f"probability of at most 10^{a['log10_bound']}.",
            f"- Found by step '{a['step']}', hypothesis: {_hypothesis(a)}.",
        ]
        if a["given"]:
            lines.append(f"- Taken as known: {', '.join(a['given'])}.")
        if result.decoys:
            lines.append(
                f"- Line-up: {len(result.decoys)} copies that nobody got, scored in the same way; the best "
                f"of them: 10^{cautious(min(result.decoys))}."
            )
        lines.append("")
    lines += ["What speaks against it, or limits it"]
    lines += _against(whole, {a["copy"] for a in accused})
    for a in accused:
        for other in a.get("other_hypotheses", []):
            lines.append(f"- {a['copy']} under '{other['hypothesis']}': 10^{other['log10_p']}.")
    lines += [
        f"- What was tried: {_tried(whole['verdict'].get('tried', {}))}.",
        *(f"- {note}" for note in whole["verdict"].get("notes", [])),
        "- This says which copy the leak derives from, not who leaked it.",
    ]
    if not accused:
        lines.append(
            "- No copy is named, so none is opened, and nothing can be recomputed about any of them."
        )
    return "\n".join(lines) + "\n"


def _tried(tried: Mapping[str, Any]) -> str:
    def words(value: Any) -> str:
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

    told = {key: value for key, value in tried.items() if key != "isolation"}  # custody.txt tells it
    return "; ".join(f"{key.replace('_', ' ')}: {words(value)}" for key, value in told.items())


def _against(whole: Mapping[str, Any], named: set[str]) -> list[str]:
    ranking = whole["verdict"].get("ranking", [])
    others = [c for c in ranking if c.get("copy") not in named and c.get("log10_p") is not None]
    if not others:
        return ["- No other copy was scored."]
    best = others[0]
    return [
        f"- The best copy that is not named (which one stays closed) reaches a probability of "
        f"10^{best['log10_p']} and a likelihood ratio of 10^{best['log10_lr']}."
    ]


def _hypothesis(accused: Mapping[str, Any]) -> str:
    c = accused["colluders"]
    return "one copy" if c == 1 else f"{accused['model']} of {c} copies"


def custody_words(whole: Mapping[str, Any]) -> str:
    """How each leaked file came here."""
    lines = ["Custody of the leaked files", ""]
    for a in whole["artefacts"]:
        lines += [
            a["file"],
            f"- as received: {a['name']}, {a['size']} bytes, {a['media_type']}",
            f"- SHA-256 {a['sha256']}",
            f"- received {a['received_at']} as {a['sighting']}, found {a['found_at'] or 'at an unknown time'}"
            f"{', at ' + a['source'] if a['source'] else ''}",
            f"- opened only inside: {a['isolation']}",
            "",
        ]
    lines.append("The log entries of receipt and trace are in the folder log, with proofs of inclusion.")
    return "\n".join(lines) + "\n"
