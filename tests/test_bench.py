from dataclasses import replace

from tests.bench.load import grown
from tests.bench.table import BEGIN, END, MIXED, Figures, mark, table, written

H = Figures("H", 1, 2, 1000, 0.4, 0.1)


def figures(row: str, *, cpu: float = 1, rate: float = 100) -> Figures:
    return Figures(row, 1, 2, rate, cpu / 2, cpu / 2)


def test_a_cold_page_is_marked_by_its_cpu_in_h() -> None:
    assert mark(figures("listing, two facets", cpu=5.5), H, 1000, warm=False) == "met"
    assert mark(figures("listing, two facets", cpu=5.6), H, 1000, warm=False) == "missed"
    assert mark(figures("home", cpu=99), H, 1000, warm=False) == ""


def test_text_search_may_take_more_in_a_large_city() -> None:
    search = figures("text search", cpu=18)
    assert mark(search, H, 10_000, warm=False) == "missed"
    assert mark(search, H, 100_000, warm=False) == "met"


def test_a_warm_page_is_marked_by_its_rate() -> None:
    assert mark(figures("home", rate=1200), H, 1000, warm=True) == "met"
    assert mark(figures("home", rate=1199), H, 1000, warm=True) == "missed"


def test_the_table_gives_ratios_to_h() -> None:
    assert "| profile | 1.0 | 2.0 | 100 | 0.10 | 2.00 | 2.00 | 8.0 | 2.0 | 9.5 | met |" in table(
        [H, replace(figures("profile", cpu=4), queries=2, kilobytes=9.5)], H, 1000, warm=False
    )


def test_mixed_traffic_has_a_target_of_its_own() -> None:
    assert mark(figures(MIXED, rate=600), H, 1000, warm=True) == "met"
    assert mark(figures(MIXED, rate=599), H, 1000, warm=True) == "missed"


def test_the_readme_keeps_everything_outside_its_markers() -> None:
    once = written("# A\n", "one")
    assert once == f"# A\n\n## Speed\n\n{BEGIN}\none\n{END}\n"
    assert written(once + "after\n", "two") == once.replace("one", "two") + "after\n"


def test_a_process_that_ends_while_it_is_measured_takes_nothing_back() -> None:
    assert grown({1: 10.0, 2: 500.0}, {1: 14.0, 3: 1.0}) == 5.0
