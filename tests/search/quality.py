"""How good the search is, by queries judged by hand: nDCG@10, recall@20 and MRR for each kind.

make quality        prints the table (ARGS=0.6 also every query below that nDCG,
                    ARGS="--set held_out" for the queries nobody tunes by,
                    ARGS="--set other_city" for a smaller city of other trades and names)
"""

from __future__ import annotations

import math
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
TUNED, HELD_OUT, OTHER = SETS = "queries", "held_out", "other_city"
GRADES = {"best": 3, "good": 2, "fair": 1}
NONSENSE = "nonsense"


@dataclass(frozen=True)
class Judged:
    q: str
    kind: str
    grades: dict[str, int]


@dataclass(frozen=True)
class Score:
    judged: Judged
    found: list[str]
    ndcg: float
    recall: float
    reciprocal_rank: float


def judged(name: str = TUNED) -> Iterator[Judged]:
    for row in tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))["query"]:
        grades = {name: grade for key, grade in GRADES.items() for name in row.get(key, ())}
        yield Judged(row["q"], row["kind"], grades)


def score(query: Judged, found: list[str]) -> Score:
    """nDCG with gains of 2^grade - 1; recall of what is graded 2 or 3; nonsense should find nothing."""
    if not query.grades:
        right = float(not found)
        return Score(query, found, right, right, right)
    ideal = _dcg(sorted(query.grades.values(), reverse=True))
    wanted = {name for name, grade in query.grades.items() if grade >= 2}
    first = next((rank for rank, name in enumerate(found, 1) if name in query.grades), 0)
    return Score(
        judged=query,
        found=found,
        ndcg=_dcg([query.grades.get(name, 0) for name in found]) / ideal,
        recall=len(wanted & set(found[:20])) / min(len(wanted), 20) if wanted else 1.0,
        reciprocal_rank=1 / first if first else 0.0,
    )


def _dcg(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades[:10], 1))


def measure(search: Callable[[str], list[str]], name: str = TUNED) -> list[Score]:
    return [score(query, search(query.q)) for query in judged(name)]


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def table(scores: list[Score]) -> str:
    kinds: defaultdict[str, list[Score]] = defaultdict(list)
    for one in scores:
        kinds[one.judged.kind].append(one)
    kinds["all but nonsense"] = [one for one in scores if one.judged.kind != NONSENSE]
    lines = [f"{'kind':<17} {'queries':>7} {'nDCG@10':>8} {'recall@20':>9} {'MRR':>6}"]
    for kind, group in kinds.items():
        ndcg, recall = mean([one.ndcg for one in group]), mean([one.recall for one in group])
        mrr = mean([one.reciprocal_rank for one in group])
        lines.append(f"{kind:<17} {len(group):>7} {ndcg:>8.3f} {recall:>9.3f} {mrr:>6.3f}")
    return "\n".join(lines)
