"""Evaluation, baselines, posing and replay against the real Lean."""

import html
import json
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.baselines import portfolio, read_portfolio
from eval.benchmarks import CORE_HEADER, REGISTRY, Benchmark, in_core_lean, load_benchmark, pose
from eval.evaluate import evaluate
from eval.rejudge import rejudge
from eval.results import read_result
from physprover.app.commands import app
from physprover.app.commands import eval as eval_command
from physprover.app.commands.eval import EvalRequest
from physprover.benchmark_files import read_problems
from physprover.config import EvalConfig, ModelConfig, RunConfig
from physprover.errors import ConfigError, RunError
from physprover.files import write_record
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.models.sampler import SamplingParams
from physprover.models.tiny import build_tiny, train_tokenizer
from physprover.progress import Silent
from physprover.prompts import get_prompt
from physprover.records import Attempt, Theorem, write_jsonl
from tests.one_engine import OneEngine
from tests.scripted import ScriptedPool, ScriptedSampler

MINIF2F = Path(__file__).parents[3] / "shared" / "data" / "minif2f" / "minif2f_lean4.jsonl"
HEADER = "namespace Eval.Optics\ndef power (n : Int) : Int := n + n\n"
THEOREMS = [
    Theorem(name="easy", header=HEADER, statement="theorem easy (n : Int) : n + 0 = n", domain="Optics"),
    Theorem(
        name="steps", header=HEADER, statement="theorem steps (n : Int) : power n = 2 * n", domain="Optics"
    ),
    Theorem(name="false", header=HEADER, statement="theorem false_one : (2 : Int) + 2 = 5", domain="Optics"),
]
PROOFS = {
    "easy": ("by simp", "by omega", "by sorry"),
    "steps": ("by simp only [power]; omega", "by omega", "by simp only [powr]"),
    "false": ("by simp", "by decide", "by exact sorryAx _"),
}


class Recited(ScriptedSampler):
    """Writes the proofs above."""

    def sample(self, theorems: Sequence[Theorem], n: int, params: SamplingParams) -> Iterator[Attempt]:
        for theorem in theorems:
            for proof in PROOFS[theorem.name][:n]:
                yield Attempt(theorem=theorem.name, proof=proof, sampler=self.info)


@pytest.fixture
def pool(lean: EmbeddedEngine) -> OneEngine:
    return OneEngine(lean)


def test_evaluate_and_replay(pool: OneEngine, tmp_path: Path) -> None:
    config = EvalConfig(samples=3, ks=(1, 3))
    out = tmp_path / "real.json"
    benchmark = Benchmark(name="test", theorems=tuple(THEOREMS))
    result = evaluate(config, Recited(), pool, benchmark, out, Silent(), seed=0, max_new_tokens=16)
    assert {t.name: t.correct for t in result.theorems} == {"easy": 2, "steps": 1, "false": 0}
    assert result.theorems[1].accepted == "by simp only [power]; omega"
    assert result.versions["engine"].startswith("embedded Lean")
    failed = result.theorems[2].failed
    assert failed is not None
    assert failed.message
    again = rejudge(tmp_path / "real.attempts.jsonl", THEOREMS, pool, Silent())
    assert (again.texts, again.agreed, again.changes) == (9, 9, ())


def test_portfolio(pool: OneEngine, tmp_path: Path) -> None:
    result = portfolio(THEOREMS, pool, Silent())
    write_record(tmp_path / "portfolio.json", result)
    closed = {t.name: t.closed_by for t in result.theorems}
    assert {"simp", "omega", "grind"} <= set(closed["easy"])
    assert closed["steps"] == closed["false"] == ()
    assert result.best.estimate.value == result.portfolio.value == pytest.approx(1 / 3)
    assert read_portfolio(tmp_path / "portfolio.json") == result


def test_measured_theorems_are_not_asked_again(tmp_path: Path) -> None:
    measured = [t.replace(closed_by=("grind",) if t.name == "easy" else ()) for t in THEOREMS]
    nobody = ScriptedPool()
    assert portfolio(measured, nobody, Silent()).closed == 1
    assert not nobody.asked


def test_posing_keeps_what_elaborates_and_names_the_rest(pool: OneEngine) -> None:
    statements = {
        "nat": "theorem nat (n : ℕ) (h : 3 ∣ n) : ∃ k > 0, n + k = n + 1",
        "int": "theorem int (x y : ℤ) (h : ∀ n ≥ 5, x * n = y) : x - y ≤ 0 ∨ True",
        "rat": "theorem rat (x : ℚ) : x / 2 + x.den = x / 2 + x.den",
        "real": "theorem real (x : ℝ) : x = x",
        "sum": "theorem sum (n : ℕ) : ∑ k ∈ Finset.range n, k = 0",
        "bang": "theorem bang (n : ℕ) : n ^ 2 ≤ n !",
        "trailing": "theorem trailing (n : ℕ) : n = n )",
    }
    theorems = tuple(Theorem(name=n, statement=s, header=CORE_HEADER) for n, s in statements.items())
    posed = pose(Benchmark(name="x", theorems=theorems), pool, Silent())
    assert [t.name for t in posed.theorems] == ["nat", "int", "rat"]
    assert [n.name for n in posed.not_runnable] == ["real", "sum", "bang", "trailing"]
    assert all(n.reason for n in posed.not_runnable)


@pytest.mark.slow
def test_problems_that_measure_little_are_flagged(pool: OneEngine) -> None:
    theorems = tuple(
        Theorem(name=name, statement=f"theorem {name} {text}")
        for name, text in {
            "empty": "(n : Nat) (h : n < 0) : n = 5",
            "wrong": "(n : Nat) : n + 1 = n",
            "fine": "(n : Nat) (h : 2 < n) : 1 < n",
            "absurd": "(h : 1 = 2) : False",
            "real": "(x y : ℝ) (h : x = y) : y = x",
        }.items()
    )
    posed = pose(Benchmark(name="x", theorems=theorems), pool, Silent())
    assert {(f.name, f.kind) for f in posed.flags} == {
        ("empty", "vacuous"),
        ("wrong", "false"),
        ("real", "undefined name"),
    }


@pytest.mark.skipif(
    not MINIF2F.exists(), reason="NO MINIF2F FILE, NOT TESTED: ../shared/data/minif2f is absent"
)
def test_minif2f_on_the_embedded_engine(pool: OneEngine) -> None:
    """At least 121 of 488 run, and what the static pre-check refuses Lean refuses too (a sample of it)."""
    benchmark = in_core_lean(load_benchmark("minif2f", MINIF2F))
    posed = pose(benchmark, pool, Silent())
    assert len(posed.theorems) >= 121
    assert len(posed.theorems) + len(posed.not_runnable) == 488
    assert REGISTRY["minif2f"].mathlib


def test_the_verb_leaves_result_page_and_table(
    pool: OneEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`physprover eval MODEL`, with an untrained tiny model and the real Lean; asked again it samples nothing."""
    prompt = get_prompt("tiny")
    tokenizer = train_tokenizer([prompt.render(t) for t in THEOREMS], 300)
    config = ModelConfig(hidden_size=32, layers=1, heads=2, max_prompt_tokens=256, max_new_tokens=8)
    build_tiny(config, tokenizer, seed=1).save_pretrained(tmp_path / "model")
    tokenizer.save_pretrained(tmp_path / "model")
    problems = tmp_path / "problems.jsonl"
    write_jsonl(problems, THEOREMS[:2])
    out = tmp_path / "eval" / "tiny.json"
    request = EvalRequest(model=str(tmp_path / "model"), benchmark="jsonl", path=problems, samples=2, out=out)
    monkeypatch.setattr(eval_command, "open_pool", lambda *_args, **_more: nullcontext(pool))
    told = eval_command.evaluate_model(request, ("model.max_prompt_tokens=128", "model.max_new_tokens=8"))
    assert told.splitlines()[-2:] == [
        f"  page     {out.with_suffix('.html')}",
        f"  Markdown {out.with_suffix('.md')}",
    ]
    page = out.with_suffix(".html").read_text(encoding="utf-8")
    assert page.count('<details class="one">') == 2
    assert read_result(out).versions["engine"] in out.with_suffix(".md").read_text(encoding="utf-8")
    attempts = out.with_suffix(".attempts.jsonl").read_bytes()
    assert (
        eval_command.evaluate_model(request, ("model.max_prompt_tokens=128", "model.max_new_tokens=8"))
        == told
    )
    assert out.with_suffix(".attempts.jsonl").read_bytes() == attempts
    with pytest.raises(ConfigError, match=r"ends in \.json"):
        eval_command.evaluate_model(request.replace(out=tmp_path / "x.html"), ())
    monkeypatch.setattr(eval_command, "open_pool", None)  # before anything is asked
    with pytest.raises(RunError, match=r"x\.json: File exists"):
        eval_command.evaluate_model(
            request.replace(out=problems / "x.json"),
            ("model.max_prompt_tokens=128", "model.max_new_tokens=8"),
        )


def test_completions_of_another_program_are_judged_and_counted(
    pool: OneEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Path(__file__).parents[2] / "lean/PhysCore/PhysCore/ClassicalMechanics/Energy.lean"
    neg, rest, double = read_problems(library).theorems[:3]
    write_jsonl(tmp_path / "problems.jsonl", [neg, rest, double])
    proof = "by\n  simp only [twiceKineticEnergy]\n  grind"
    rows = [
        {
            "name": neg.name,
            "completion": f"Unfold it.\n```lean4\n{neg.statement} := {proof}\n```",
            "model": "x",
        },
        {"name": neg.name, "completion": "```lean4\ntheorem other : True := by trivial\n```"},
        {"theorem": rest.name, "answer": ["by simp [twiceKineticEnergy]", "by skip", "by norm_num"]},
        {"theorem": "elsewhere", "answer": "by simp"},
    ]
    file = tmp_path / "sampled.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{half a row\n")
    out = tmp_path / "mine.json"
    monkeypatch.setattr(eval_command, "open_pool", lambda *_args, **_more: nullcontext(pool))
    asked = ["eval", "my-prover", "--benchmark", "jsonl", "--path", str(tmp_path / "problems.jsonl")]
    asked += ["--replay", str(file), "--out", str(out)]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 0, told.output
    result = read_result(out)
    assert [(t.name, t.n, t.correct) for t in result.theorems] == [(neg.name, 2, 1), (rest.name, 3, 1)]
    assert result.overall.at(1).value == pytest.approx((1 / 2 + 1 / 3) / 2)
    assert [(p.name, p.reason) for p in result.not_runnable] == [
        (double.name, "no completion in sampled.jsonl")
    ]
    assert (result.model, result.settings.temperature, result.settings.max_new_tokens) == (
        "my-prover",
        None,
        None,
    )
    table, page = (out.with_suffix(kind).read_text(encoding="utf-8") for kind in (".md", ".html"))
    for remark in (
        "1 completion without a proof of the problem, counted as failed",
        "1 completion failed by a tactic that this engine does not know (it has none of Mathlib's): with Mathlib they may",
        f"1 row left out, e.g. {file}:5: ",
        "1 name not in the benchmark, left out, e.g. `elsewhere`",
    ):
        assert remark in told.stdout
        assert f"| remark | {remark}" in table
        assert remark in html.unescape(page)
    assert len(result.unused.unread) == 1
    assert f"pass@8 needs 8 attempts of a theorem, `{neg.name}` has 2" in told.stdout
    assert "| attempts per theorem | 2 to 3 |" in table
    assert "not known: sampled by another program" in table
    assert CliRunner().invoke(app, asked).stdout == told.stdout  # nothing is asked again


def test_a_file_of_a_project_is_posed_with_what_it_imports_of_it(pool: OneEngine, tmp_path: Path) -> None:
    (tmp_path / "lakefile.toml").write_text('name = "Lab"\n[[lean_lib]]\nname = "Lab"\n')
    (tmp_path / "Lab").mkdir()
    (tmp_path / "Lab/A.lean").write_text(
        "import Std.Data.HashMap\nnamespace Lab\ndef two : Nat := 2\ntheorem known : two = 2 := rfl\nend Lab\n"
    )
    file = tmp_path / "Lab/B.lean"
    file.write_text("import Lab.A\nopen Lab\ntheorem later (a : Nat) : a * two = a + a := by sorry\n")
    request = EvalRequest(model="m", benchmark="lean", path=file)
    found = eval_command._benchmark(request, None, RunConfig())
    (problem,) = found.theorems
    assert problem.header.startswith("import Std.Data.HashMap\n")
    assert "known" not in problem.header  # as with the theorems of its own file
    posed = pose(found, pool, Silent())
    assert ([t.name for t in posed.theorems], posed.not_runnable) == (["later"], ())
    whole = eval_command._benchmark(request.replace(path=tmp_path), None, RunConfig())
    assert problem.header in [t.header for t in whole.theorems]
