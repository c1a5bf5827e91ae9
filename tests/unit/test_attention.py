"""Problems folded to what a person can do: one source is one entry, one cause is one entry, the pressing ones first."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.app.attention import CONSEQUENCES, LEVELS, TODO, Noted, entries
from aggregator.model import Problem

DAY = datetime(2026, 11, 21, tzinfo=UTC)


def problem(code: str, where: str = "a/feed", level: str = "error", message: str = "", **data: object) -> Problem:
    return Problem(level=level, code=code, where=where, message=message or f"{code} at {where}", data=data)


def of_source(*problems: Problem, since: datetime = DAY, times: int = 1) -> list[Noted]:
    return [Noted(problem=one, scope=f"source:{one.where}", since=since, times=times) for one in problems]


def test_a_sources_cause_and_its_consequence_are_one_entry_that_tells_the_cause() -> None:
    down, failed = problem("host-down"), problem("harvest-failed")
    for order in ([down, failed], [failed, down]):
        (entry,) = entries(of_source(*order))
        assert (entry.code, entry.message, entry.also) == ("host-down", down.message, ())
        assert entry.todo


def test_a_consequence_alone_stands() -> None:
    (entry,) = entries(of_source(problem("harvest-failed")))
    assert entry.code == "harvest-failed"


def test_a_partial_harvest_is_told_by_its_error_and_keeps_the_rest() -> None:
    found = [
        problem("harvest-partial", level="warning"),
        problem("server-error"),
        problem("date-unread", level="warning"),
    ]
    (entry,) = entries(of_source(*found))
    assert (entry.level, entry.code) == ("error", "server-error")
    assert entry.also == ("date-unread at a/feed",)


def test_one_server_that_is_down_is_one_entry_for_all_its_sources() -> None:
    noted = [one for name in "abc" for one in of_source(problem("host-down", f"{name}/board", message="board is down"))]
    (entry,) = entries(noted)
    assert entry.places == ("a/board", "b/board", "c/board")
    assert entry.where == "a/board and 2 more"


def test_a_clock_that_is_behind_is_one_entry_though_each_source_says_it_differently() -> None:
    noted = of_source(problem("clock-behind", "a/x"), problem("host-down", "a/x"), problem("clock-behind", "b/y"))
    noted += of_source(problem("server-error", "c/z"))
    first, second = entries(noted)
    assert (first.code, first.places) == ("clock-behind", ("a/x", "b/y"))
    assert first.also == ("host-down at a/x",)
    assert second.code == "server-error"


def test_what_only_a_person_can_settle_comes_before_sources_and_promises_last() -> None:
    noted = [
        Noted(problem=problem("promise-behind", "acme"), since=DAY - timedelta(days=9)),
        *of_source(problem("host-down"), since=DAY - timedelta(days=3)),
        Noted(problem=problem("channel-waits", "toot", "info")),
        Noted(problem=problem("too-late", "toot", "warning")),
        Noted(problem=problem("outcome-unknown", "toot", posts=["jobs@x/toot"])),
        Noted(problem=problem("take-down-by-hand", "toot", posts=["jobs@y/toot"])),
    ]
    told = [entry.code for entry in entries(noted)]
    assert told == ["take-down-by-hand", "outcome-unknown", "host-down", "promise-behind", "too-late", "channel-waits"]
    by_hand = entries(noted)[1]
    assert by_hand.posts == ("jobs@x/toot",)
    assert "--settle KEY" in by_hand.todo


def test_two_promises_of_one_partner_stay_two() -> None:
    found = [problem("promise-behind", "acme", message=f"0 of 2 {what}") for what in ("spotlights", "vacancies")]
    assert len(entries(Noted(problem=one) for one in found)) == 2


CODES = st.sampled_from([*sorted(TODO), *sorted(CONSEQUENCES), "nobody-knows"])
PROBLEMS = st.builds(
    problem, CODES, st.sampled_from(["a/feed", "b/feed", "toot"]), st.sampled_from(LEVELS), st.sampled_from(["x", "y"])
)
NOTED = st.builds(Noted, problem=PROBLEMS, scope=st.sampled_from(["source:a/feed", "source:b/feed", "", "publish"]))


@given(st.lists(NOTED, max_size=12))
def test_nothing_is_lost_and_errors_come_first(noted: list[Noted]) -> None:
    told = entries(noted)
    assert {e.level for e in told} <= {one.problem.level for one in noted}
    said = {message for entry in told for message in (entry.message, *entry.also)}
    for one in noted:
        if one.problem.code not in CONSEQUENCES and one.problem.code not in {"clock-behind", "collecting-failed"}:
            assert one.problem.message in said
    errors = [one for one in noted if one.problem.level == "error"]
    assert bool(errors) == any(entry.level == "error" for entry in told)
    assert [LEVELS.index(entry.level) for entry in told] == sorted(LEVELS.index(entry.level) for entry in told)
