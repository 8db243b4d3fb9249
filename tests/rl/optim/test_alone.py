"""StoSignSGD without the rest of the project: what its import pulls in, and the page that says how to use it."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
HEAVY = (
    "ray",
    "vllm",
    "trl",
    "transformers",
    "accelerate",
    "datasets",
    "pydantic",
    "eval",
    "data_gen",
    "physprover.lean",
)


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_import_needs_torch_alone() -> None:
    loaded = python("import sys\nfrom rl.optim import StoSignSGD\nprint(*sys.modules, sep='\\n')").split()
    assert "torch" in loaded
    assert "rl.optim.stosign" in loaded
    assert [name for name in HEAVY if name in loaded] == []


def test_the_page_is_run_as_written() -> None:
    page = (ROOT / "rl" / "optim" / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^    (?!pip|python )(.*)$", page, re.MULTILINE)
    assert "optimizer.step()" in lines
    python("\n".join(lines))
