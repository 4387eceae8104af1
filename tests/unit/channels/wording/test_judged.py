"""Rules against what was read of their proposals: none that was judged wrong comes again."""

from __future__ import annotations

from pathlib import Path

import yaml

from fother.channels.wording.suggest import suggest
from fother.model.prose import Block, Prose

JUDGED = yaml.safe_load(
    (Path(__file__).parents[3] / "data" / "wording" / "judged.yaml").read_text(encoding="utf-8")
)["judged"]


def _proposed() -> set[tuple[str, str]]:
    sentences = list(dict.fromkeys(row["sentence"] for row in JUDGED))
    blocks, at = [], 0
    for sentence in sentences:
        blocks.append(Block(at, at + len(sentence)))
        at += len(sentence) + 1
    return {(s.sentence, s.other) for s in suggest(Prose("\n".join(sentences), tuple(blocks)))}


def test_what_was_judged_wrong_is_not_proposed_again_and_the_rest_is() -> None:
    proposed = _proposed()
    wrong = [row for row in JUDGED if not (row["kept"] and row["natural"])]
    right = [row for row in JUDGED if row["kept"] and row["natural"] and row["family"] not in _OF_DOCUMENT]
    assert not [row for row in wrong if (row["sentence"], row["other"]) in proposed]
    again = [row for row in right if (row["sentence"], row["other"]) in proposed]
    assert len(again) >= 0.9 * len(right)  # the reading speaks of these rules, not of others


#: What these families propose depends on the rest of the document.
_OF_DOCUMENT = ("contraction", "spelling", "hyphen")
