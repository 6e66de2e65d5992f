"""The one arrow: directory imports enterprises, and enterprises never imports directory."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parent.parent
MODULES = sorted((HOUSE / "enterprises").rglob("*.py"))


def imported(source: str) -> Iterator[str]:
    """What a module imports, at its top or inside its functions, by statement or by name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            yield from (
                a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
            )


@pytest.mark.parametrize(
    "source",
    [
        "import directory.models as m",
        "def f():\n    from directory import listings",
        "import importlib\nimportlib.import_module('directory.listings')",
    ],
)
def test_imports_are_found_wherever_they_stand(source: str) -> None:
    assert any(name.partition(".")[0] == "directory" for name in imported(source))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_the_domain_does_not_know_its_readers(module: Path) -> None:
    names = imported(module.read_text(encoding="utf-8"))
    assert [name for name in names if name.partition(".")[0] == "directory"] == []
