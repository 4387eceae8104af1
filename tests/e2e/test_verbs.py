"""The verbs that show things, and the demonstration."""

from __future__ import annotations

import shutil
from pathlib import Path

from fother_command import World, fother

from fother.registry.blobs import OVERHEAD


def test_copies(world: World) -> None:
    found = fother("copies", "Sample report", home=world.home).json
    assert found["document"] == world.document
    assert {c["id"] for c in found["copies"]} == {c["copy"] for c in world.issued["copies"]}
    assert {c["state"] for c in found["copies"]} == {"issued"}
    shown = fother("copies", world.document, home=world.home, json_output=False)
    assert found["copies"][6]["recipient"] in shown.stdout
    assert "Sample Reader" not in shown.stdout


def test_recipients_are_the_same_over_documents(world: World) -> None:
    found = fother("recipients", home=world.home).json["recipients"]
    assert len(found) == 12
    assert {r["copies"] for r in found} == {2}
    assert found[0].keys() == {"id", "added_at", "erased_at", "copies"}


def test_show_knows_every_kind_of_id(world: World) -> None:
    copy = fother("copies", world.document, home=world.home).json["copies"][0]
    _, file = world.copy(1)
    traced = fother("trace", file, "--document", world.document, home=world.home).json
    kinds = {
        world.document: "document",
        copy["edition"]: "edition",
        world.issued["issue"]: "issue",
        copy["id"]: "copy",
        copy["recipient"]: "recipient",
        traced["trace"]: "trace",
    }
    for reference, kind in kinds.items():
        shown = fother("show", reference, home=world.home).json
        assert (shown["kind"], shown["id"]) == (kind, reference)


def test_forecast_asks_for_more_text_when_more_readers_may_collude(world: World) -> None:
    def evidence(*options: str) -> float:
        forecast = fother("forecast", world.document, *options, home=world.home).json["forecast"]
        rows = {(r["extent"], r["capture"]): r["log10_lr"] for r in forecast["table"]}
        return rows["page", "phone photo"]

    usual = evidence()
    assert evidence("--resistance", "8") < usual < evidence("--resistance", "1")
    assert evidence("--strength", "discreet") < usual < evidence("--strength", "strong")


def test_forecast_for_people(world: World) -> None:
    shown = fother("forecast", world.document, home=world.home, json_output=False).stdout
    assert "phone photo" in shown
    assert "carriers on 4 page(s)" in shown


def test_check_finds_a_damaged_original(world: World, tmp_path: Path) -> None:
    assert fother("check", home=world.home).json["ok"] is True
    home = tmp_path / "home"
    shutil.copytree(world.home, home)
    size = world.sample.stat().st_size
    victim = min((home / "blobs").glob("*/*"), key=lambda p: abs(p.stat().st_size - size - OVERHEAD))
    victim.chmod(0o600)
    victim.write_bytes(b"other bytes")
    ran = fother("check", home=home, json_output=False)
    assert ran.status == 7
    assert f"{world.document} original" in ran.stdout


def test_demo(tmp_path: Path) -> None:
    found = fother("demo", tmp_path / "demo", home=tmp_path / "unused").json
    assert found["right"] is True
    assert [a["copy"] for a in found["accused"]] == [found["leaked_copy"]]
    assert found["accused"][0]["bound"] < 1e-6
    html = Path(found["report"]).read_text(encoding="utf-8")
    assert found["leaked_copy"] in html
    assert not (tmp_path / "unused").exists()
