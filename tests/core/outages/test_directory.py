"""The subscriber directory: who was in service, where and when."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.core.events.outage import Scope
from streams.core.outages.directory import Directory, Row
from streams.core.outages.numbers import Numbers
from streams.core.outages.scope import covers
from tests.core.outages.making import T0, at

ROWS = (
    Row("6630001", "A", "现业", at(0), at(100)),
    Row("6630001", "B", "安岳", at(200)),
    Row("6630002", "A", "现业"),
    Row("6630003", None, None, at(0), at(100)),
    Row("06630002", "B", "现业"),
    Row("adsl7", "A", "安岳"),
)


def test_a_line_is_where_it_was_at_the_time() -> None:
    """Periods are half-open; between two of them, and before all, the number is nobody's."""
    directory = Directory(ROWS)
    assert directory.site_of("6630001", at(0)) == "A"
    assert directory.site_of("6630001", at(100)) is None
    assert directory.site_of("6630001", at(200)) == "B"
    assert directory.site_of("6630001", at(-1)) is None
    assert directory.branch_of("6630001", at(200)) == "安岳"
    assert directory.site_of("6630002", T0) == "A"
    assert directory.site_of("6630003", T0) is None
    assert directory.branch_of("adsl7", T0) == "安岳"
    assert directory.branch_of("nobody", T0) is None


def test_of_overlapping_periods_the_last_to_begin_tells() -> None:
    """A row that was added later in a line's life is the newer knowledge, in whatever order the file has them."""
    rows = (Row("1", "old", None, at(0)), Row("1", "new", None, at(10)))
    for directory in (Directory(rows), Directory(rows[::-1])):
        assert (directory.site_of("1", at(9)), directory.site_of("1", at(10))) == ("old", "new")


def test_numbers_of_a_scope_are_counted_once() -> None:
    """By range, prefix and site at once, also with two periods, and account names at sites."""
    scope = Scope(ranges=[("6630001", "6630002")], prefixes=["663"], sites=["A", "nowhere"])
    assert Directory(ROWS).in_scope(scope, at(0)) == Numbers.of_numbers(("6630001", "6630002", "6630003", "adsl7"))
    assert Directory(ROWS).in_scope(scope, at(150)) == Numbers.of_numbers(("6630002", "adsl7"))
    assert Directory(ROWS).branches_in_scope(scope, at(0)) == {"现业", "安岳", None}


@st.composite
def directories(draw: st.DrawFn) -> list[Row]:
    """Draw rows of few numbers and sites, so that they meet."""
    digits = st.text("06", min_size=1, max_size=4)
    edges = st.integers(0, 6)
    return draw(
        st.lists(
            st.builds(
                lambda number, site, start, length: Row(number, site, None, at(start), at(start + length)),
                digits | st.sampled_from(("a", "6b", "无" * 9, "6" * 20)),
                st.sampled_from((None, "A", "B")),
                edges,
                edges,
            ),
            max_size=12,
        )
    )


@given(
    directories(),
    st.builds(
        Scope,
        ranges=st.lists(st.sampled_from((("00", "66"), ("000", "066"), ("6600", "6606"))), max_size=2),
        prefixes=st.lists(st.sampled_from(("6", "06", "660")), max_size=2),
        sites=st.lists(st.sampled_from(("A", "B", "C")), max_size=2),
    ),
    st.integers(-1, 13),
)
def test_the_numbers_of_a_scope_are_those_that_it_covers(rows: list[Row], scope: Scope, minute: int) -> None:
    """Looking up a scope finds the rows in service that `covers` would find one by one."""
    covered = {
        row.number
        for row in rows
        if row.active_from <= at(minute) < row.active_to and covers(scope, row.number, row.site)
    }
    assert Directory(rows).in_scope(scope, at(minute)) == Numbers.of_numbers(covered)


def test_the_digest_names_the_content() -> None:
    """The same rows have the same digest; another site, time or number has another."""
    assert Directory(ROWS).digest == Directory(ROWS).digest
    others = [
        ROWS[:-1],
        (*ROWS[:-1], Row("adsl8", "A", "安岳")),
        (*ROWS[:-1], Row("adsl7", "C", "安岳")),
        (*ROWS[:-1], Row("adsl7", "A", "安岳", at(5))),
        (),
    ]
    assert len({Directory(ROWS).digest, *(Directory(rows).digest for rows in others)}) == 6


def test_an_empty_directory_knows_nobody() -> None:
    """It is no mistake, and counts nothing."""
    directory = Directory(())
    assert len(directory) == 0
    assert not directory.in_scope(Scope(prefixes=["6"], sites=["A"]), T0)
