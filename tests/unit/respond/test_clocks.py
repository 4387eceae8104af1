"""Clocks: what the public texts say, changes of clocks, holidays, leap days, own rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from clocks_reference import PAGE, reference
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fother.errors import InputFileError, UsageError
from fother.respond.clocks import Running, load_regime, regimes, schedule
from fother.respond.clocks.days import end_of, is_business_day, next_business_day
from fother.respond.clocks.model import Calendar, Period, Settings

REGIMES = regimes()
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def run(
    name: str, started: dict, done: dict | None = None, now: datetime = NOW, **how: object
) -> dict[str, Running]:
    found = schedule(REGIMES[name], started, done or {}, now, Settings(**how))  # type: ignore[arg-type]
    return {r.step.id: r for r in found}


def local(moment: datetime | None) -> str:
    assert moment is not None
    return moment.strftime("%a %Y-%m-%d %H:%M %z")


def test_every_regime_has_its_sources() -> None:
    assert set(REGIMES) == {"dora", "gdpr", "nis2", "sec-8k", "us-32-cfr-2001-48", "us-contractor"}
    for regime in REGIMES.values():
        assert regime.url.startswith("https://")
        for step in regime.steps:
            assert step.citation
            assert step.proof or step.id == "delay-ends"


# GDPR, Article 33(1): 72 hours. EDPB Guidelines 9/2022: the controller is aware when it has been informed.
def test_gdpr_72_hours() -> None:
    steps = run("gdpr", {"aware": at("2026-03-02T09:30", "Europe/Paris")}, zone="Europe/Paris")
    assert local(steps["authority"].due) == "Thu 2026-03-05 09:30 +0100"
    assert steps["people"].state == "waiting"
    assert steps["record"].state == "no-limit"


def test_hours_pass_over_the_change_of_clocks() -> None:
    spring = run("gdpr", {"aware": at("2026-03-27T12:00", "Europe/Berlin")}, zone="Europe/Berlin")
    assert local(spring["authority"].due) == "Mon 2026-03-30 13:00 +0200"
    autumn = run("gdpr", {"aware": at("2026-10-23T12:00", "Europe/Berlin")}, zone="Europe/Berlin")
    assert local(autumn["authority"].due) == "Mon 2026-10-26 11:00 +0100"
    twice = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    first = run("nis2", {"aware": twice.replace(fold=0)}, zone="Europe/Berlin")["early-warning"].due
    second = run("nis2", {"aware": twice.replace(fold=1)}, zone="Europe/Berlin")["early-warning"].due
    assert first is not None
    assert second is not None
    assert second.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=1)


# NIS2, Article 23(4): 24 hours, 72 hours, one month after the submission of the notification.
def test_nis2_steps() -> None:
    aware = at("2026-01-30T08:00")
    steps = run("nis2", {"aware": aware}, {"notification": at("2026-01-31T10:00")})
    assert local(steps["early-warning"].due) == "Sat 2026-01-31 08:00 +0000"
    assert local(steps["notification"].due) == "Mon 2026-02-02 08:00 +0000"
    assert steps["notification"].state == "done"
    assert local(steps["final"].due) == "Sat 2026-02-28 23:59 +0000"
    leap = run("nis2", {"aware": aware}, {"notification": at("2028-01-31T10:00")})
    assert local(leap["final"].due) == "Tue 2028-02-29 23:59 +0000"
    assert run("nis2", {"aware": aware})["final"].state == "waiting"


# DORA, Delegated Regulation (EU) 2025/301, Article 5(1): 4 hours from classification, no later than 24 hours
# from awareness; 5(2): classified later than that, 4 hours from classification.
@pytest.mark.parametrize(
    ("classified", "due"),
    [
        ("2026-06-01T12:00", "Mon 2026-06-01 16:00 +0000"),
        ("2026-06-02T07:00", "Tue 2026-06-02 08:00 +0000"),
        ("2026-06-02T08:00", "Tue 2026-06-02 08:00 +0000"),
        ("2026-06-02T09:00", "Tue 2026-06-02 13:00 +0000"),
        (None, "Tue 2026-06-02 08:00 +0000"),
    ],
)
def test_dora_initial_notification(classified: str | None, due: str) -> None:
    started = {"aware": at("2026-06-01T08:00")} | ({"classified": at(classified)} if classified else {})
    assert local(run("dora", started)["initial"].due) == due


def test_dora_reports_follow_each_other_and_weekends_are_relieved() -> None:
    started = {"aware": at("2026-06-04T08:00"), "classified": at("2026-06-04T09:00")}
    done = {"initial": at("2026-06-04T12:00"), "intermediate": at("2026-06-07T11:00")}
    steps = run("dora", started, done)
    assert local(steps["intermediate"].due) == "Sun 2026-06-07 12:00 +0000"
    assert local(steps["final"].due) == "Tue 2026-07-07 23:59 +0000"
    assert steps["intermediate"].relief is None
    relieved = run("dora", started, relief=True, done={"initial": done["initial"]})["intermediate"]
    assert local(relieved.relief) == "Mon 2026-06-08 12:00 +0000"
    whitsun = {"initial": at("2026-05-22T10:00")}  # Whit Monday 2026-05-25 is a holiday in Austria
    step = run("dora", started, whitsun, relief=True, calendar=Calendar("AT"))["intermediate"]
    assert local(step.due) == "Mon 2026-05-25 10:00 +0000"
    assert local(step.relief) == "Tue 2026-05-26 12:00 +0000"


# Form 8-K, General Instruction B.1: four business days after the event; on a Saturday, Sunday or holiday the
# period begins to run on, and includes, the first business day thereafter.
@pytest.mark.parametrize(
    ("determined", "due"),
    [
        ("2026-03-02T10:00", "Fri 2026-03-06 17:30 -0500"),  # Monday
        ("2026-03-03T10:00", "Mon 2026-03-09 17:30 -0400"),  # Tuesday, clocks change on Sunday
        ("2026-03-07T10:00", "Thu 2026-03-12 17:30 -0400"),  # Saturday: Monday is the first day
        ("2026-03-08T10:00", "Thu 2026-03-12 17:30 -0400"),  # Sunday
        ("2026-11-25T10:00", "Wed 2026-12-02 17:30 -0500"),  # before Thanksgiving
        ("2026-11-26T10:00", "Wed 2026-12-02 17:30 -0500"),  # on Thanksgiving: Friday is the first day
        ("2026-07-02T10:00", "Thu 2026-07-09 17:30 -0400"),  # Independence Day is observed on Friday, July 3
        ("2026-12-31T23:30", "Thu 2027-01-07 17:30 -0500"),
        ("2028-02-25T10:00", "Thu 2028-03-02 17:30 -0500"),  # leap day within
    ],
)
def test_sec_four_business_days(determined: str, due: str) -> None:
    steps = run("sec-8k", {"material": at(determined, "America/New_York")}, zone="Asia/Tokyo")
    assert local(steps["form-8k"].due) == due


def test_the_day_of_an_event_is_that_of_the_zone_of_the_regime() -> None:
    tokyo = at("2026-03-03T08:00", "Asia/Tokyo")  # still Monday in New York
    assert local(run("sec-8k", {"material": tokyo})["form-8k"].due) == "Fri 2026-03-06 17:30 -0500"


# 32 CFR 2001.48 and 117.8 give no numbers.
def test_united_states_rules_without_numbers() -> None:
    known = at("2026-05-01T12:00")
    steps = run("us-32-cfr-2001-48", {"known": known, "reportable": known}, now=at("2026-05-01T13:00"))
    assert steps["report"].due == known
    assert steps["report"].state == "overdue"
    assert (steps["inquiry"].state, steps["isoo"].state, steps["advise"].state) == (
        "no-limit",
        "no-limit",
        "waiting",
    )
    contractor = run("us-contractor", {"reported": known})
    assert contractor["inquiry"].due == known
    assert contractor["initial"].state == "waiting"


def test_states_and_reminders() -> None:
    aware = at("2026-03-02T09:00")
    running = run("gdpr", {"aware": aware}, now=at("2026-03-03T09:00"))["authority"]
    assert running.state == "running"
    assert [local(m) for m in running.reminders] == [
        "Wed 2026-03-04 09:00 +0000",
        "Thu 2026-03-05 05:00 +0000",
        "Thu 2026-03-05 08:00 +0000",
    ]
    assert run("gdpr", {"aware": aware}, now=at("2026-03-05T09:01"))["authority"].state == "overdue"
    late = run("gdpr", {"aware": aware}, {"authority": at("2026-03-05T09:01")})["authority"]
    assert (late.state, late.reminders) == ("late", ())
    short = run("dora", {"classified": aware, "aware": aware})["initial"]
    assert [m.hour for m in short.reminders] == [12]  # those before the start are left out


def test_holidays_of_a_region() -> None:
    day = datetime(2026, 1, 6).date()  # Epiphany, a holiday in Bavaria and not in Berlin
    assert not is_business_day(day, Calendar("DE", "BY"))
    assert is_business_day(day, Calendar("DE", "BE"))
    assert is_business_day(datetime(2026, 1, 4).date(), Calendar("IL"))  # Sunday is a working day there
    with pytest.raises(UsageError, match="No holidays are known for XQ"):
        is_business_day(day, Calendar("XQ"))
    with pytest.raises(UsageError, match="no time zone"):
        run("gdpr", {"aware": NOW}, zone="Europe/Nowhere")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1)),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    st.sampled_from(
        [Period("hours", 72), Period("days", 30), Period("months", 1), Period("business-days", 4)]
    ),
)
def test_every_period_ends_after_its_start(moment: datetime, name: str, period: Period) -> None:
    zone = ZoneInfo(name)
    start = moment.replace(tzinfo=UTC).astimezone(zone)
    end = end_of(period, start, zone, Calendar("US"), None)
    assert end is not None
    assert end.astimezone(UTC) > start.astimezone(UTC)
    if period.unit == "hours":
        assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=72)
    if period.unit == "business-days":
        assert is_business_day(end.date(), Calendar("US"))
        assert next_business_day(start.date(), Calendar("US")) < end.date()


OWN = """
id: harbour
name: Harbour rules
text: Rules of the harbour, 4
triggers: {found: The leak was found}
steps:
  - {id: tell, title: Tell the board, after: found, within: 2 business-days, citation: "4.1", proof: minute}
  - {id: report, title: Report, after: done tell, within: 15 days, citation: "4.2", proof: report}
"""


def test_own_regimes(tmp_path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(OWN, encoding="utf-8")
    known = regimes(file)
    assert "gdpr" in known
    found = schedule(
        known["harbour"], {"found": at("2026-05-01T12:00")}, {}, NOW, Settings(calendar=Calendar("DE"))
    )
    assert local(found[0].due) == "Tue 2026-05-05 23:59 +0000"
    assert regimes(tmp_path)["harbour"] == known["harbour"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("within: 2 business-days", "within: soon"), "is no period"),
        (("after: found, within: 2", "after: never, within: 2"), "waits for never"),
        (("done tell", "done report"), "no trigger or other step"),
        (("id: report", "id: tell"), "same id"),
        (("proof: minute", "colour: red"), "colour"),
        (("triggers: {found: The leak was found}", ""), "triggers"),
        (("name: Harbour rules", "name: [1]"), "name is missing or is no text"),
        (("id: harbour", "id: {"), "no valid YAML"),
    ],
)
def test_bad_regimes_get_one_sentence(change: tuple[str, str], says: str) -> None:
    with pytest.raises(InputFileError, match=says):
        load_regime(OWN.replace(*change), "own.yaml")


def test_the_page_says_what_the_regimes_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), (
        "run python tests/unit/respond/clocks_reference.py"
    )
