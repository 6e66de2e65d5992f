"""What was measured, as a table with ratios to H and the targets' marks."""

from __future__ import annotations

from dataclasses import dataclass

BEGIN, END = "<!-- bench -->", "<!-- /bench -->"
H, MIXED = "H", "mixed, a publication every 5 s"
WARM_RATE = {MIXED: 0.6}
OTHER_WARM_RATE = 1.2
# The most CPU a cold page may take, in H, where a city has at most so many enterprises.
MOST_CPU = {
    "listing, two facets": ((100_000, 11.0),),
    "text search": ((10_000, 15.0), (100_000, 40.0)),
    "text search, facets": ((10_000, 15.0), (100_000, 40.0)),
    "profile": ((100_000, 8.0),),
    "suggestions": ((100_000, 8.0),),
}
COLUMNS = (
    *("row", "p50 ms", "p99 ms", "requests/s", "/ H"),
    *("Python ms", "PostgreSQL ms", "CPU / H", "queries", "kB", "target"),
)


@dataclass(frozen=True)
class Figures:
    row: str
    p50: float
    p99: float
    rate: float
    python: float
    postgresql: float
    kilobytes: float = 0
    queries: float | None = None

    @property
    def cpu(self) -> float:
        return self.python + self.postgresql


def mark(figures: Figures, h: Figures, size: int, *, warm: bool) -> str:
    """Whether the target is met; nothing where there is none."""
    if figures.row == H:
        return ""
    if warm:
        return "met" if figures.rate >= WARM_RATE.get(figures.row, OTHER_WARM_RATE) * h.rate else "missed"
    for largest, most in MOST_CPU.get(figures.row, ()):
        if size <= largest:
            return "met" if figures.cpu <= most * h.cpu else "missed"
    return ""


def table(measured: list[Figures], h: Figures, size: int, *, warm: bool) -> str:
    lines = [
        f"{size:,} enterprises, {'warm' if warm else 'cold'}",
        "",
        f"| {' | '.join(COLUMNS)} |",
        "|---" * len(COLUMNS) + "|",
    ]
    lines += [
        f"| {f.row} | {f.p50:.1f} | {f.p99:.1f} | {f.rate:.0f} | {f.rate / h.rate:.2f} | {f.python:.2f} "
        f"| {f.postgresql:.2f} | {f.cpu / h.cpu:.1f} | {'' if f.queries is None else f'{f.queries:.1f}'} "
        f"| {f.kilobytes:.1f} | {mark(f, h, size, warm=warm)} |"
        for f in measured
    ]
    return "\n".join(lines)


def written(readme: str, tables: str) -> str:
    """The README with these tables between its markers, in a section made where there is none."""
    if BEGIN not in readme:
        readme = f"{readme.rstrip()}\n\n## Speed\n\n{BEGIN}\n{END}\n"
    before, rest = readme.split(BEGIN, 1)
    return f"{before}{BEGIN}\n{tables}\n{END}{rest.split(END, 1)[1]}"
