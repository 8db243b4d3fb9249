"""A small library on disk that the tests of this folder extract from, and the check of the libraries that are shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data_gen.extract import extract
from data_gen.library import read_library
from physprover.lean.protocol import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from physprover.lean.embedded.engine import EmbeddedEngine
    from physprover.records import Theorem

BASE = """/-! # Base -/
namespace Toy.Mechanics

/-- Twice a number. -/
def twice (x : Int) : Int := x + x

/-- A body. -/
structure Body where
  mass : Int
  speed : Int

/-- Momentum. -/
def Body.momentum (b : Body) : Int := b.mass * b.speed

/-- Twice is a sum. -/
theorem twice_eq (x : Int) : twice x = x + x := by
  rfl

end Toy.Mechanics
"""

MORE = """/-! # More -/
import Toy.Mechanics.Base

namespace Toy.Optics
open Toy.Mechanics

/-- Four times a number. -/
def fourfold (x : Int) : Int := twice (twice x)

-- theorem hidden : False := by trivial

/-- Fourfold is twice twice. -/
@[simp]
theorem fourfold_eq (x : Int) : fourfold x = twice (twice x) := by
  rfl

/-- A body of speed zero has no momentum. -/
theorem momentum_rest (b : Body) (h : b.speed = 0) : b.momentum = 0 := by
  simp only [Body.momentum, h] -- the product with zero
  omega

end Toy.Optics
"""


def write_library(root: Path, **files: str) -> Path:
    """Write `Toy/<Folder>/<Name>.lean` for each `Folder__Name=text`, with a lakefile; BASE and MORE by default."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "lakefile.toml").write_text('name = "Toy"\n[[lean_lib]]\nname = "Toy"\n')
    for name, text in (files or {"Mechanics__Base": BASE, "Optics__More": MORE}).items():
        path = root / "Toy" / (name.replace("__", "/") + ".lean")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def all_proved(lean: EmbeddedEngine, root: Path, whole: bool = True) -> list[Theorem]:
    """Theorems of a library, each proved from its extracted parts by its own proof, as the judge sees it too.

    Not `whole`: one of each file, from its middle.
    """
    theorems, problems = extract(read_library(root), "sorry")
    assert not problems
    files: dict[str, list[Theorem]] = {}
    for theorem in theorems:
        files.setdefault(theorem.source.file, []).append(theorem)
    chosen = theorems if whole else [found[len(found) // 2] for found in files.values()]
    outcomes = {t.name: lean.check(Problem.of(t), t.proof or "", 120.0) for t in chosen}
    refused = {n: v for n, v in outcomes.items() if (v.reward, v.tier) != (1.0, "judged")}
    assert {n: (v.outcome, v.tier, v.check, *v.messages) for n, v in refused.items()} == {}
    return theorems
