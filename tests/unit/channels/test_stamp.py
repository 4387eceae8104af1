from __future__ import annotations

import pytest

from fother.channels.stamp import SIZE, recognise, stamp


def test_stamps_differ_by_copy_and_secret_and_are_stable() -> None:
    one = stamp(b"secret", "copy-1")
    assert len(one) == SIZE
    assert one == stamp(b"secret", "copy-1")
    assert len({one, stamp(b"secret", "copy-2"), stamp(b"other", "copy-1")}) == 3


@pytest.mark.parametrize(("secret", "copy"), [(b"", "copy-1"), (b"secret", "")])
def test_empty_arguments_are_refused(secret: bytes, copy: str) -> None:
    with pytest.raises(ValueError, match="needs a secret"):
        stamp(secret, copy)


def test_only_issued_stamps_are_recognised() -> None:
    copies = {stamp(b"secret", name): name for name in ("copy-1", "copy-2")}
    found = [b"\0" * 16, stamp(b"secret", "copy-2"), stamp(b"wrong", "copy-1"), stamp(b"secret", "copy-2")]
    assert recognise(found, copies) == ("copy-2",)
