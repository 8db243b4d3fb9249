"""Sampling, judging, resuming. The scripted prover and checker of `scripted.py` stand for a model and Lean where only the bookkeeping
is under test; `test_with_lean.py` runs the same functions against the real engine."""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.benchmarks import Benchmark
from eval.evaluate import State, evaluate
from eval.report.pages import write_page
from eval.results import Flag, read_result
from physprover.app.commands import app
from physprover.app.commands.eval import table
from physprover.benchmark_files import NotRunnable
from physprover.errors import ConfigError, DataError, RunError
from physprover.lean.ask import judge_attempts
from physprover.lean.protocol import Check
from physprover.models.sampler import SamplingParams
from physprover.progress import Silent
from physprover.records import Attempt, JudgedAttempt, Theorem, Verdict, read_jsonl, read_record
from tests.eval.scripted import BENCHMARK, CONFIG, THEOREMS, Checker, Scripted, run


class Eager(Checker):
    """Takes all attempts before it judges the first."""

    def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        yield from super().check_many(list(checks))


def test_counts_and_figures(tmp_path: Path) -> None:
    result = run(tmp_path / "r.json", Scripted(), Checker())
    assert [(t.n, t.correct) for t in result.theorems] == [(4, 2)] * 6
    first, best = result.overall.at(1), result.overall.at(4)
    assert first is not None
    assert best is not None
    assert (first.value, best.value) == (0.5, 1.0)
    assert {g.name: g.theorems for g in result.by_domain} == {"a": 3, "b": 3}
    assert {g.name: g.theorems for g in result.by_level} == {"one tactic": 3, "multi-step": 3}
    assert result.outcomes == {"proved": 12, "rejected": 12}
    assert read_result(tmp_path / "r.json") == result


class Unequal(Scripted):
    """Its answers differ in length, and the short ones end first."""

    def sample(self, theorems: Sequence[Theorem], n: int, params: SamplingParams) -> Iterator[Attempt]:
        answers = [
            a.replace(token_ids=(1,) * (1 + 7 * i % 5))
            for i, a in enumerate(super().sample(theorems, n, params))
        ]
        yield from sorted(answers, key=lambda a: len(a.token_ids))


@pytest.mark.parametrize("repeat", [False, True])
@pytest.mark.parametrize("make", [Scripted, Unequal])
def test_a_killed_evaluation_has_the_attempts_of_an_unbroken_one(
    make: type[Scripted], repeat: bool, tmp_path: Path
) -> None:
    def saved(file: Path) -> Counter[str]:
        return Counter(j.attempt.model_dump_json() for j in read_jsonl(file, JudgedAttempt))

    out, whole = tmp_path / "r.json", tmp_path / "whole.json"
    for fuse in (3, 1):
        with pytest.raises(KeyboardInterrupt):
            run(out, make(repeat), Checker(fuse=fuse))
        assert not out.exists()
    result, unbroken = run(out, make(repeat), Checker()), run(whole, make(repeat), Checker())
    assert result.theorems == unbroken.theorems
    assert saved(tmp_path / "r.attempts.jsonl") == saved(tmp_path / "whole.attempts.jsonl")
    assert not (tmp_path / "r.samples.jsonl").exists()


def test_a_theorem_with_all_its_attempts_is_not_sampled_again(tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    first, second = Scripted(), Scripted()
    with pytest.raises(KeyboardInterrupt):
        run(out, first, Checker(fuse=9))
    run(out, second, Checker())
    whole = {name for name, n in Counter(name for name, *_ in first.calls).items() if n == 4}
    assert whole
    assert not whole & {name for name, *_ in second.calls}


def test_a_prover_that_draws_otherwise_after_a_kill_fills_what_is_missing(tmp_path: Path) -> None:
    class Moody(Scripted):
        def sample(self, theorems: Sequence[Theorem], n: int, params: SamplingParams) -> Iterator[Attempt]:
            yield from super().sample(theorems, n, params.replace(seed=params.seed + 1))

    out = tmp_path / "r.json"
    with pytest.raises(KeyboardInterrupt):
        run(out, Scripted(), Checker(fuse=9))
    assert [t.n for t in run(out, Moody(), Checker()).theorems] == [4] * 6


def test_the_seconds_of_a_sitting_that_was_killed_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing runs behind a SIGKILL: they must be on disk before."""
    seen: list[float] = []

    class Watching(Checker):
        def verdict(self, check: Check) -> Verdict:
            seen.append(read_record(tmp_path / "r.state.json", State, "state").seconds)
            return super().verdict(check)

    clock = itertools.count(0.0, 7.0)
    monkeypatch.setattr("eval.evaluate.time.monotonic", lambda: next(clock))
    result = run(tmp_path / "r.json", Scripted(), Watching())
    assert seen[0] == 0.0
    assert seen[-1] > 0.5 * result.seconds


def test_what_was_sampled_before_a_kill_is_judged_not_lost(tmp_path: Path) -> None:
    out = tmp_path / "r.json"

    with pytest.raises(KeyboardInterrupt):
        run(out, Scripted(), Eager(fuse=5))
    resumed = Scripted()
    assert [t.n for t in run(out, resumed, Checker()).theorems] == [4] * 6
    assert resumed.calls == []


def test_half_written_lines_are_cut(tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    with pytest.raises(KeyboardInterrupt):
        run(out, Scripted(), Checker(fuse=9))
    with (tmp_path / "r.attempts.jsonl").open("a") as file:
        file.write('{"attempt": {"theo')
    assert [t.n for t in run(out, Scripted(), Checker()).theorems] == [4] * 6


def test_a_finished_evaluation_is_read_not_repeated(tmp_path: Path) -> None:
    result = run(tmp_path / "r.json", Scripted(), Checker())
    sampler, pool = Scripted(), Checker()
    assert run(tmp_path / "r.json", sampler, pool) == result
    assert sampler.calls == []
    assert pool.asked == []


def test_other_settings_do_not_mix_with_saved_attempts(tmp_path: Path) -> None:
    run(tmp_path / "r.json", Scripted(), Checker())
    for sampler, changes in ((Scripted(), {"temperature": 0.5}), (Scripted(version=4), {})):
        with pytest.raises(RunError, match="other settings"):
            run(tmp_path / "r.json", sampler, Checker(), **changes)


def test_samples_of_a_killed_evaluation_that_was_deleted_are_not_used(tmp_path: Path) -> None:
    """As the refusal says: the attempts and the state, and not the samples that lie beside them until all are judged."""
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "r.json", Scripted(), Eager(fuse=5))
    with pytest.raises(RunError, match=r"another file .*delete it and r\.state\.json"):
        run(tmp_path / "r.json", Scripted(), Checker(), temperature=0.5)
    (tmp_path / "r.attempts.jsonl").unlink(missing_ok=True)
    (tmp_path / "r.state.json").unlink()
    sampler = Scripted()
    assert [t.n for t in run(tmp_path / "r.json", sampler, Checker(), temperature=0.5).theorems] == [4] * 6
    assert sampler.calls


def test_the_same_weights_at_another_place_go_on(tmp_path: Path) -> None:
    def at(place: str) -> Scripted:
        sampler = Scripted()
        sampler.info = sampler.info.replace(model=place)
        return sampler

    out = tmp_path / "r.json"
    with pytest.raises(KeyboardInterrupt):
        run(out, at("runs/one/step-2"), Checker(fuse=9), weights="a")
    assert [t.n for t in run(out, at("moved/two/step-2"), Checker(), weights="a").theorems] == [4] * 6
    with pytest.raises(RunError, match="other settings"):
        run(out, at("runs/one/step-2"), Checker(), weights="b")
    run(tmp_path / "named.json", at("one"), Checker())
    with pytest.raises(RunError, match="other settings"):
        run(tmp_path / "named.json", at("two"), Checker())


def test_equal_texts_share_one_check(tmp_path: Path) -> None:
    pool = Checker()
    result = run(tmp_path / "r.json", Scripted(repeat=True), pool)
    assert len(pool.asked) == 6
    assert [t.n for t in result.theorems] == [4] * 6
    assert all(t.failed is not None and t.failed.times == 4 for t in result.theorems)


def test_unjudged_attempts_are_tried_once_more_and_then_left_out(tmp_path: Path) -> None:
    pool = Checker(broken="t1")
    result = run(tmp_path / "r.json", Scripted(), pool)
    broken = next(t for t in result.theorems if t.name == "t1")
    assert (broken.n, broken.correct, broken.unjudged) == (0, 0, 4)
    assert Counter((c.problem.statement, c.proof) for c in pool.asked)[THEOREMS[1].statement, "7 0"] == 2
    first = result.overall.at(1)
    assert first is not None
    assert (first.value, first.theorems) == (0.5, 5)
    assert result.unjudged == 4


def test_prompts_that_do_not_fit_are_listed(tmp_path: Path) -> None:
    result = run(tmp_path / "r.json", Scripted(too_long=("t2",)), Checker())
    assert [n.name for n in result.not_runnable] == ["t2"]
    assert len(result.theorems) == 5


def test_a_model_without_an_end_token_is_told(tmp_path: Path) -> None:
    class Endless(Scripted):
        def sample(self, theorems: Sequence[Theorem], n: int, params: SamplingParams) -> Iterator[Attempt]:
            return (a.replace(truncated=True) for a in super().sample(theorems, n, params))

    result = run(tmp_path / "r.json", Endless(), Checker())
    assert result.truncated == 24
    assert "24 of 24 attempts ran into the limit of 32 tokens without an end token" in table(result)


def test_cap_keeps_the_same_problems(tmp_path: Path) -> None:
    names = [
        [t.name for t in run(tmp_path / f"{i}.json", Scripted(), Checker(), max_problems=3).theorems]
        for i in (0, 1)
    ]
    assert names[0] == names[1]
    assert len(names[0]) == 3


def test_bad_requests_are_one_clear_line(tmp_path: Path) -> None:
    def ask(benchmark: Benchmark) -> None:
        out = tmp_path / "r.json"
        evaluate(CONFIG, Scripted(), Checker(), benchmark, out, Silent(), seed=0, max_new_tokens=8)

    with pytest.raises(ConfigError, match=r"each k must be between 1 and eval.samples = 4"):
        run(tmp_path / "r.json", Scripted(), Checker(), ks=(1, 8))
    with pytest.raises(DataError, match="nothing to evaluate"):
        ask(BENCHMARK.replace(theorems=()))
    with pytest.raises(DataError, match="two problems are named `t0`"):
        ask(BENCHMARK.replace(theorems=(THEOREMS[0], THEOREMS[0])))


def test_a_sampler_that_falls_short_is_an_error(tmp_path: Path) -> None:
    class Lazy(Scripted):
        def sample(self, theorems: Sequence[Theorem], n: int, params: SamplingParams) -> Iterator[Attempt]:
            yield from list(super().sample(theorems, n, params))[:-1]

    with pytest.raises(RunError, match="left out 1 of 4 attempts for `t5`"):
        run(tmp_path / "r.json", Lazy(), Checker())


def test_every_attempt_comes_back_once_from_a_pool_in_any_order() -> None:
    class Backwards(Checker):
        def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
            yield from reversed(list(super().check_many(checks)))

    attempts = list(Scripted().sample(THEOREMS, 3, SamplingParams())) * 2
    judged = list(judge_attempts(attempts, {t.name: t for t in THEOREMS}, Backwards(), 1.0))
    assert Counter(j.attempt.proof + j.attempt.theorem for j in judged) == Counter(
        a.proof + a.theorem for a in attempts
    )


def test_a_header_of_mathlib_names_the_ways_out(tmp_path: Path) -> None:
    reason = "the header does not elaborate: error: unknown module prefix 'Mathlib'"
    none = BENCHMARK.replace(theorems=(), not_runnable=(NotRunnable(name="a", reason=reason),))
    with pytest.raises(DataError, match=r"'Mathlib'.*--benchmark minif2f.*--set engine.project_dir=FOLDER"):
        evaluate(
            CONFIG, Scripted(), Checker(), none, tmp_path / "r.json", Silent(), seed=7, max_new_tokens=32
        )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--replay", "x.jsonl", "--search", "value"], "leave one of them out"),
        (["--search", "value", "--samples", "3"], "--samples counts attempts without a search"),
        (["--budget", "checks=4"], "--budget is what a search may spend"),
        (
            ["--search", "nope"],
            "no search policy is called `nope`; there are: value; value, frozen experience;",
        ),
    ],
)
def test_options_that_contradict_each_other_are_refused(options: list[str], said: str) -> None:
    result = CliRunner().invoke(app, ["eval", "nowhere", *options])
    assert result.exit_code != 0
    assert said in " ".join(result.output.split())


def test_flags_are_of_problems_asked_and_axioms_are_told(tmp_path: Path) -> None:
    flags = (Flag(name="t0", kind="false"), Flag(name="gone", kind="duplicate"))
    missing = NotRunnable(name="gone", reason="no completion in x.jsonl")
    benchmark = BENCHMARK.replace(flags=flags, not_runnable=(missing,))

    class Trusting(Checker):
        def verdict(self, check: Check) -> Verdict:
            named = ("propext", "Header.lie") if " t3 " in check.problem.statement else ("propext",)
            return super().verdict(check).replace(axioms=named)

    out = tmp_path / "r.json"
    result = evaluate(CONFIG, Scripted(), Trusting(), benchmark, out, Silent(), seed=7, max_new_tokens=32)
    assert [flag.name for flag in result.flags] == ["t0"]
    assert [t.axioms for t in result.theorems] == [(), (), (), ("Header.lie",), (), ()]
    told = table(result)
    assert "1 flag on problems asked" in told
    assert "1 problem not asked, in no figure above:\n     1  no completion in x.jsonl" in told
    assert "1 theorem with proofs that rest on axioms of their header, e.g. `t3` on Header.lie" in told
    assert "e.g. `t3` on Header.lie" in write_page(out).html.read_text(encoding="utf-8")


def test_where_no_problem_can_be_posed_the_reasons_are_counted(tmp_path: Path) -> None:
    refused = [("a", "unknown module\nprefix"), ("b", "unknown module prefix"), ("c", "too long")]
    nothing = BENCHMARK.replace(
        theorems=(), not_runnable=tuple(NotRunnable(name=n, reason=r) for n, r in refused)
    )
    with pytest.raises(DataError, match="no runnable problem: 2 × unknown module prefix; 1 × too long"):
        evaluate(
            CONFIG, Scripted(), Checker(), nothing, tmp_path / "x.json", Silent(), seed=0, max_new_tokens=8
        )
