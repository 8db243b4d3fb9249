"""The embedded engine on real Lean: what is proved, what is refused, by which check, and what kills a worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from physprover.errors import HeaderError
from physprover.lean.embedded import process
from physprover.lean.embedded.engine import EmbeddedEngine, unfit
from physprover.lean.embedded.process import WorkerLost
from physprover.lean.protocol import Problem
from physprover.records import Outcome, Verdict

HEADER = """namespace Tests.Mechanics
/-- Twice the kinetic energy. -/
def vis_viva (m v : Int) : Int := m * v * v
theorem vis_viva_zero (m : Int) : vis_viva m 0 = 0 := by
  simp [vis_viva]
"""
EVEN = Problem(header=HEADER, statement="theorem vis_viva_neg (m v : Int) : vis_viva m (-v) = vis_viva m v")
FALSE = Problem(header="", statement="theorem absurd_sum : 2 + 2 = 5")


@pytest.mark.parametrize(
    "proof", ["by unfold vis_viva; grind", "by\n  simp only [vis_viva]\n  grind", "by grind [vis_viva]"]
)
def test_honest_proofs_are_proved_and_judged(lean: EmbeddedEngine, proof: str) -> None:
    verdict = lean.check(EVEN, proof)
    assert (verdict.outcome, verdict.tier, verdict.reward) == (Outcome.PROVED, "judged", 1.0)


@pytest.mark.parametrize(
    ("proof", "unchecked", "outcome"),
    [
        ("by grind [vis_viva]", [True], Outcome.PROVED),  # the judge's kernel alone
        ("by simp [vis_viva]", [True], Outcome.REJECTED),
        ("by first | decide | grind [vis_viva]", [False], Outcome.PROVED),  # work of any length for a kernel
        (
            "lcProof",
            [True, False],
            Outcome.REJECTED,
        ),  # the worker's kernel refuses it, as Lean would: no cheat
        ("by sorry", [False], Outcome.CHEATED),  # refused in any case, so not asked twice
    ],
)
def test_the_workers_kernel_is_asked_where_the_judge_does_not_accept(
    lean: EmbeddedEngine,
    monkeypatch: pytest.MonkeyPatch,
    proof: str,
    unchecked: list[bool],
    outcome: Outcome,
) -> None:
    tried, seen = EmbeddedEngine._tried, []

    def spy(*args: object, unchecked: bool) -> Verdict:
        seen.append(unchecked)
        return tried(*args, unchecked=unchecked)  # type: ignore[arg-type]

    monkeypatch.setattr(EmbeddedEngine, "_tried", spy)
    assert lean.check(EVEN, proof).outcome is outcome
    assert seen == unchecked


def test_a_failing_tactic_is_rejected_with_leans_message(lean: EmbeddedEngine) -> None:
    verdict = lean.check(EVEN, "by simp [vis_viva]")
    assert verdict.outcome is Outcome.REJECTED
    assert "unsolved goals" in verdict.messages[0]


@pytest.mark.parametrize(
    ("proof", "check"),
    [
        ("by exact (sorry)\ntheorem more : True := trivial", "axiom audit"),
        ("(by decide : 2 + 2 = 4) ▸ cheat\naxiom cheat : 2 + 2 = 5", ""),
    ],
)
def test_holes_are_refused_by_a_named_check(lean: EmbeddedEngine, proof: str, check: str) -> None:
    verdict = lean.check(FALSE, proof)
    assert verdict.outcome in (Outcome.CHEATED, Outcome.REJECTED)
    assert verdict.check == check


def test_axioms_of_a_proof_are_named(lean: EmbeddedEngine) -> None:
    problem = Problem(header="", statement="theorem em_twice (p : Prop) : p ∨ ¬p")
    verdict = lean.check(problem, "Classical.choice ⟨Classical.em p⟩")
    assert verdict.outcome is Outcome.PROVED
    assert verdict.axioms == ("Classical.choice",)


def test_axioms_of_the_problems_own_header_are_trusted_and_named(lean: EmbeddedEngine) -> None:
    problem = Problem(
        header="axiom planck_positive : ∃ h : Nat, 0 < h\n", statement="theorem quantum : ∃ h : Nat, 0 < h"
    )
    verdict = lean.check(problem, "planck_positive")
    assert (verdict.outcome, verdict.axioms) == (Outcome.PROVED, ("planck_positive",))


def test_a_helper_inductive_type_is_replayed_by_the_judge(lean: EmbeddedEngine) -> None:
    problem = Problem(header="", statement="theorem three : 3 = 1 + 2")
    assert (
        lean.check(problem, "by\n  cases (show True ∨ False from Or.inl trivial) <;> rfl").outcome
        is Outcome.PROVED
    )


def test_structural_recursion_in_where_clauses_is_replayed(lean: EmbeddedEngine) -> None:
    problem = Problem(header="", statement="theorem all_zero_add (n : Nat) : 0 + n = n")
    proof = (
        "go n\nwhere\n  go : (n : Nat) → 0 + n = n\n    | 0 => rfl\n    | k + 1 => congrArg (· + 1) (go k)"
    )
    verdict = lean.check(problem, proof)
    assert (verdict.outcome, verdict.tier) == (Outcome.PROVED, "judged")


def test_headers_build_on_each_other_without_leaking(lean: EmbeddedEngine) -> None:
    longer = HEADER + "theorem later (m : Int) : vis_viva m 1 = m := by\n  simp [vis_viva]\n"
    use = "theorem u (m : Int) : vis_viva m 1 = m"
    assert lean.check(Problem(header=longer, statement=use), "later m").outcome is Outcome.PROVED
    assert lean.check(Problem(header=HEADER, statement=use), "later m").outcome is Outcome.REJECTED


LONG = """/-! Größen: ℏ ∈ ℝ -/
namespace Tests.Beginnings
open Nat in
/-- Of two bytes and more: ∀ μ ≤ ν. -/
def größe (n : Nat) : Nat := n + 2 -- ≥ 2

section
variable (n : Nat)
local notation "⟪" m "⟫" => größe m
theorem größe_pos : 0 < ⟪n⟫ := sorry

theorem größe_ge : 2 ≤ ⟪n⟫ := sorry
end

@[simp] theorem größe_zero : größe 0 = 2 := sorry
"""
BEGINNINGS = [
    LONG[: LONG.index(mark)] for mark in ("theorem größe_pos", "theorem größe_ge", "end\n", "@[simp]")
]


@pytest.mark.parametrize("number", range(len(BEGINNINGS)))
def test_a_beginning_of_a_known_header_sees_what_stands_in_it_and_no_more(
    lean: EmbeddedEngine, number: int
) -> None:
    """The states after the commands of a long header are kept; a shorter header takes one of them over."""
    header = LONG.replace("Beginnings", f"Beginnings{number}")  # not known from another case
    lean.check(Problem(header=header, statement="theorem first : True"), "trivial")
    beginning = header[: header.index(LONG[len(BEGINNINGS[number]) :])]
    inside = number < 3
    problem = Problem(header=beginning, statement="theorem here (m : Nat) : größe m = m + 2")
    assert lean.check(problem, "rfl").outcome is Outcome.PROVED
    local = Problem(header=beginning, statement="theorem here (m : Nat) : ⟪m⟫ = m + 2")
    if inside:
        assert lean.check(local, "rfl").outcome is Outcome.PROVED
    else:
        with pytest.raises(HeaderError):
            lean.check(local, "rfl")
    lemma = Problem(header=beginning, statement="theorem here (m : Nat) : 2 ≤ größe m")
    known = lean.check(lemma, "größe_ge m").outcome is Outcome.PROVED
    assert known == (number >= 2)
    simp = Problem(header=beginning, statement="theorem here : größe 0 = 2")
    assert lean.check(simp, "by simp").outcome is Outcome.REJECTED


def test_a_beginning_without_fault_serves_where_the_whole_does_not(lean: EmbeddedEngine) -> None:
    good = "def beginning_ok : Nat := 7\n\n"
    bad = good + "def beginning_bad : Nat := true\n\ndef beginning_after : Nat := 8\n"
    seven = "theorem seven : beginning_ok = 7"
    for _ in range(2):
        with pytest.raises(HeaderError, match="mismatch"):
            lean.check(Problem(header=bad, statement=seven), "rfl")
        assert lean.check(Problem(header=good, statement=seven), "rfl").outcome is Outcome.PROVED
    with pytest.raises(HeaderError):
        lean.check(Problem(header=bad.rpartition("\n\n")[0] + "\n\n", statement=seven), "rfl")


def test_a_worker_that_dies_is_replaced(lean: EmbeddedEngine) -> None:
    verdict = lean.check(FALSE, "sorryAx _ true\n#eval (IO.Process.exit 0 : IO Unit)", seconds=60)
    assert verdict.outcome is Outcome.CRASHED
    assert lean.check(EVEN, "by grind [vis_viva]").outcome is Outcome.PROVED


@pytest.mark.parametrize("text", ["", "  \n", "by \x00simp", "by simp\r", "x" * 70_000])
def test_unfit_text_never_reaches_lean(text: str) -> None:
    assert unfit(text)


CODELESS = """def backwards (l : List Nat) : List Nat := l.reverse
def twice (l : List Nat) : List Nat := backwards (backwards l)
structure Rows where
  cells : List Nat
deriving DecidableEq
deriving instance DecidableEq for ByteArray
namespace Rows
def flipped (r : Rows) : Rows := ⟨go r.cells []⟩
where
  go : List Nat → List Nat → List Nat
    | [], done => done.reverse
    | x :: rest, done => go rest (x :: done)
"""


def test_definitions_find_the_code_of_what_they_call(lean: EmbeddedEngine) -> None:
    """Lean's importer does not find the compiler's own `List.reverse._redArg` in this package, see `indexCode`."""
    problem = Problem(header=CODELESS, statement="theorem twice_nil : twice [] = []")
    assert lean.check(problem, "by simp [twice, backwards]").outcome is Outcome.PROVED
    helped = "by\n  exact aux []\nwhere\n  rev (l : List Nat) : List Nat := l.reverse\n  aux (_ : List Nat) : twice [] = [] := by\n    have _ := rev []\n    rfl"
    assert lean.check(problem, helped).outcome is Outcome.PROVED


METAPROGRAMS = """import Lean
open Lean Meta Elab Tactic

elab "each_by_rfl" : tactic => do
  let names ← #["left", "right"].mapM fun side => return Name.mkSimple side
  for _ in names do evalTactic (← `(tactic| rotate_left))
  evalTactic (← `(tactic| all_goals rfl))

run_cmd
  for name in [`one, `also_one] do
    Command.elabCommand (← `(def $(mkIdent name) : Nat := 1))

def plus_ten (n : Nat) : Nat := n + 10

simproc evaluated (plus_ten _) := fun call => do
  let some n ← Nat.fromExpr? call.appArg! | return .continue
  return .done { expr := mkNatLit (n + 10) }
"""


@pytest.mark.parametrize(
    ("statement", "proof"),
    [
        ("theorem t : one = also_one ∧ 2 = 1 + one", "by\n  constructor\n  each_by_rfl"),
        ("theorem t : plus_ten 32 = 42", "by simp only [evaluated]"),
        ("theorem t : [1, 2].reverse = [2, 1]", "by\n  run_tac do\n    let goal ← getMainGoal; goal.refl"),
    ],
)
def test_metaprograms_run_as_in_a_native_lean(lean: EmbeddedEngine, statement: str, proof: str) -> None:
    assert lean.check(Problem(header=METAPROGRAMS, statement=statement), proof).outcome is Outcome.PROVED


def test_what_an_evaluated_program_throws_fails_its_header(lean: EmbeddedEngine) -> None:
    thrown = '#eval show Lean.CoreM Unit from do\n  throwError "thrown"\n'
    with pytest.raises(HeaderError, match="thrown"):
        lean.check(Problem(header=f"import Lean\n{thrown}", statement="theorem t : True"), "trivial")


REGISTERS = """import Lean
open Lean
register_simp_attr sums
initialize seen : SimplePersistentEnvExtension Name (List Name) ← registerSimplePersistentEnvExtension {
  addEntryFn := fun names name => name :: names, addImportedFn := fun _ => [] }
initialize registerBuiltinAttribute {
  name := `counted, descr := "is counted", add := fun name _ _ => modifyEnv (seen.addEntry · name) }
"""
USES = """def halves (n : Nat) : Nat := if h : n < 2 then 0 else halves (n / 2) + 1
termination_by n
def two : Nat := 1 + 1
@[sums, counted] theorem two_eq : two = 2 := rfl
run_cmd
  let names := seen.getState (← getEnv)
  Elab.Command.elabCommand (← `(def $(mkIdent `how_many) : Nat := $(quote names.length)))
"""


def test_what_a_library_initializes_is_known_behind_it(lean: EmbeddedEngine) -> None:
    """A library's modules are one text to this engine, and an imported module's initializers have run."""
    for between in ("", "-- another header of that library\nnamespace Apart\nend Apart\n"):
        problem = Problem(header=f"{REGISTERS}{between}{USES}", statement="theorem t : two = how_many + 1")
        assert lean.check(problem, "by simp only [sums, how_many]").outcome is Outcome.PROVED
    lone = problem.replace(
        trusted_header=False
    )  # one file by the hand of its proof: Lean runs no initializer of its own
    with pytest.raises(HeaderError, match=r"Unknown attribute .\[sums\]"):
        lean.check(lone, "by simp only [sums, how_many]")


def test_a_definition_unfolds_behind_what_was_registered_after_it(lean: EmbeddedEngine) -> None:
    """Lean makes its equations in the environment that declared it, which knows nothing of the extension."""
    defined = "import Lean\nopen Lean\ndef length : List α → Nat | [] => 0 | _ :: l => length l + 1\n"
    registered = "initialize counts : MapDeclarationExtension Nat ← mkMapDeclarationExtension\n"
    problem = Problem(
        header=f"{defined}{registered}attribute [simp] length\n", statement="theorem t : length [1, 2] = 2"
    )
    assert lean.check(problem, "by simp").outcome is Outcome.PROVED


def test_what_a_module_marks_as_meta_is_marked(lean: EmbeddedEngine) -> None:
    text = "module\npublic meta import Lean\npublic meta section\ndef a := 1\nend\npublic section\ndef b := 1\nend\n"
    asks = (
        "run_cmd\n  let marked := Lean.isMarkedMeta (← Lean.getEnv)\n"
        '  unless marked `a && !marked `b do throwError "not as written"\n'
    )
    assert lean.check(Problem(header=text + asks, statement="theorem t : True"), "trivial").reward == 1.0


def test_what_an_initializer_throws_fails_its_header(lean: EmbeddedEngine) -> None:
    header = 'import Lean\ninitialize throw (IO.userError "thrown")\n'
    with pytest.raises(HeaderError, match=r"2:0: .*thrown"):
        lean.check(Problem(header=header, statement="theorem t : True"), "trivial")


def test_a_name_initialized_otherwise_meets_a_new_process(lean: EmbeddedEngine) -> None:
    for value, text in (("Nat", "41 + 1"), ("String", '"fortytwo"')):
        define = "Elab.Command.elabCommand (← `(def $(mkIdent `found) := $(quote held)))"
        header = f"import Lean\nopen Lean\ninitialize held : {value} ← return {text}\nrun_cmd {define}\n"
        assert (
            lean.check(Problem(header=header, statement=f"theorem t : found = {text}"), "rfl").outcome
            is Outcome.PROVED
        )


@pytest.mark.parametrize(
    "definition", ["def least : Nat := Classical.choice ⟨1⟩", "def least : Nat := no_such_name"]
)
def test_what_lean_itself_refuses_to_compile_stays_refused(lean: EmbeddedEngine, definition: str) -> None:
    problem = Problem(header=f"{CODELESS}{definition}\n", statement="theorem t : least = least")
    with pytest.raises(HeaderError, match=r"code generator|no_such_name"):
        lean.check(problem, "rfl")


def test_a_module_of_std_does_not_hide_the_rest_of_init(lean: EmbeddedEngine) -> None:
    problem = Problem(
        header="import Std.Data.ByteSlice\n",
        statement="theorem t (n : Nat) : Std.Stream.next? ([n] : List Nat) = some (n, [])",
    )
    assert lean.check(problem, "rfl").outcome is Outcome.PROVED


# A header of many small proofs.
SLOW = "".join(
    f"theorem slow{n} (a b c : Int) : (a + b + c + {n}) * (a + b - c) = a*a + 2*a*b + b*b - c*c + {n}*(a + b - c) := by grind\n"
    for n in range(40)
)


def test_a_new_worker_elaborates_the_header_beside_the_deadline_of_a_check(lean: EmbeddedEngine) -> None:
    """A check's deadline is half of what its header takes, so it would end each worker that meets the header anew."""
    lean._process.kill()
    with lean._lock:
        process = lean._live()
        before = process.cpu_seconds()
    assert lean.elaborate(SLOW) == ()
    taken = process.cpu_seconds() - before
    problem = Problem(header=SLOW, statement="theorem t : 1 + 1 = 2")
    lean._process.kill()
    assert lean.check(problem, "rfl", seconds=taken / 2).outcome is Outcome.PROVED


def test_a_check_whose_worker_is_killed_by_others_is_asked_again(lean: EmbeddedEngine) -> None:
    problem = Problem(header=f"-- killed\n{SLOW}", statement="theorem t : 1 + 1 = 2")
    with ThreadPoolExecutor(1) as thread:
        asked = thread.submit(lean.check, problem, "rfl")
        time.sleep(0.3)  # among the header's proofs
        os.kill(lean._process.pid, signal.SIGKILL)
        assert asked.result().outcome is Outcome.PROVED


@pytest.mark.parametrize("number", range(6))
def test_a_header_beyond_its_own_deadline_is_stopped_and_named(lean: EmbeddedEngine, number: int) -> None:
    """The deadline falls into one of the header's commands, or between two."""
    problem = Problem(header=f"-- anew {number}\n{SLOW}", statement="theorem t : True")
    verdict = lean.check(problem, "trivial", seconds=0.05)  # the clock, 30 times this, must not end it first
    assert verdict.outcome is Outcome.TIMEOUT
    assert verdict.messages[0].startswith("header and statement: ")
    assert lean._process.alive


def test_a_header_stopped_by_a_deadline_is_not_remembered_as_one_that_fails(lean: EmbeddedEngine) -> None:
    problem = Problem(header=f"-- anew\n{SLOW}", statement="theorem t : True")
    assert lean.check(problem, "trivial", seconds=0.05).outcome is Outcome.TIMEOUT
    worker = lean._process.pid
    assert lean.check(problem, "trivial").outcome is Outcome.PROVED
    assert lean._process.pid == worker


GROWING = "def g : Nat → Nat → Nat\n  | 0, n => n\n  | k + 1, n => g k (g k n)"


def test_a_worker_goes_on_after_a_deadline_with_all_it_knows(lean: EmbeddedEngine) -> None:
    cases = " <;> ".join(f"cases {name}" for name in "abcdefgh")
    problem = Problem(header=SLOW, statement="theorem t (a b c d e f g h : Bool) : (a && b) = (b && a)")
    assert lean.check(problem, "by cases a <;> cases b <;> rfl").outcome is Outcome.PROVED
    worker = lean._process.pid
    late = lean.check(problem, f"by\n  {cases} <;> grind [Bool.and_comm, Bool.or_comm]", seconds=0.3)
    assert (late.outcome, late.check, late.messages) == (Outcome.TIMEOUT, "", ("deadline passed",))
    assert late.seconds > 0.3
    assert lean.check(problem, "by exact Bool.and_comm a b", seconds=0.3).outcome is Outcome.PROVED
    assert lean._process.pid == worker


def test_the_judge_goes_on_after_a_deadline_in_its_kernel(
    lean: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem, judge = Problem(header=GROWING, statement="theorem t : g 14 0 = 0"), lean._judge
    assert judge is not None
    asked: list[Any] = []
    replay = judge.replay
    monkeypatch.setattr(judge, "replay", lambda *args: asked.append(args) or replay(*args))
    assert lean.check(problem, "by decide +kernel", seconds=60).outcome is Outcome.PROVED
    process, began = judge._process.pid, judge._process.cpu_seconds()
    replay(*asked[0])
    with pytest.raises(WorkerLost, match="deadline passed") as lost:
        replay(*asked[0][:2], (judge._process.cpu_seconds() - began) / 10)
    assert lost.value.reason == "timeout"
    assert judge._process.pid == process
    assert replay(*asked[0])["outcome"] == "proved"


def test_what_waits_is_ended_by_the_clock_which_is_named_and_is_no_judgement(lean: EmbeddedEngine) -> None:
    problem = Problem(header="", statement="theorem t : True")
    lean.check(problem, "trivial")
    os.kill(lean._process.pid, signal.SIGSTOP)  # as a machine that gives it no CPU
    verdict = lean.check(problem, "trivial", seconds=0.05)
    assert (verdict.by_clock, verdict.reward) == (True, 0.0)
    assert verdict.messages == (
        "the clock passed 0.3 s with 0.00 of 0.05 CPU seconds used: the machine is busy, or the proof waits",
    )
    assert lean.check(problem, "trivial").outcome is Outcome.PROVED


def test_memory_that_other_problems_left_is_charged_to_none(
    lean: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    lean.check(Problem(header="", statement="theorem t : True"), "trivial")
    full = lean._process
    monkeypatch.setattr(full, "_memory", full.resident() + 2**20)
    large = Problem(header="import Lean.Elab.Tactic.Omega\n", statement="theorem t : 1 + 1 = 2")
    assert lean.check(large, "rfl").outcome is Outcome.PROVED
    assert lean._process is not full
    lean._process.kill()
    fresh = lean._live()
    monkeypatch.setattr(fresh, "_memory", fresh.resident() + 2**20)
    verdict = lean.check(large, "rfl")
    assert (verdict.outcome, fresh.alive) == (Outcome.OUT_OF_MEMORY, False)
    assert "GiB resident" in verdict.messages[0]


def test_a_busy_lean_whose_client_was_killed_ends() -> None:
    """Work for hours, which only the client's deadline would end."""
    code = """import sys
from physprover.lean.embedded.install import ensure_installed
from physprover.lean.embedded.process import LeanProcess
lean = LeanProcess(ensure_installed()).wait_ready()
print(lean.pid, flush=True)
loop = "def count (n : Nat) : Nat := Id.run do\\n  let mut m := 0\\n  for i in [0:n] do m := m + i % 3\\n  return m\\n"
lean.ask({"cmd": loop + "#eval count 100000000000"}, 1e6)"""
    client = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert client.stdout is not None
    worker = psutil.Process(int(client.stdout.readline()))
    began = sum(worker.cpu_times()[:2])
    while sum(worker.cpu_times()[:2]) < began + 1.0:  # it is at the loop
        with suppress(subprocess.TimeoutExpired):
            client.wait(0.1)
    client.kill()
    client.wait()
    _, left = psutil.wait_procs([worker], timeout=60)
    for one in left:
        one.kill()
    assert not left


def test_a_machine_that_gives_no_processor_does_not_run_the_clock(
    lean: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not Path("/proc/self/schedstat").exists():
        pytest.skip(
            "NO SCHEDULER STATISTICS, BUSY MACHINES NOT TESTED: Linux tells what waits for a processor"
        )
    problem = Problem(header=GROWING, statement="theorem busy : g 14 0 = 0")
    lean.check(problem, "sorry")  # it knows the header
    began = lean._process.cpu_seconds()
    assert lean.check(problem, "by decide +kernel", seconds=60).outcome is Outcome.PROVED
    used = lean._process.cpu_seconds() - began
    monkeypatch.setattr(process, "_PATIENCE", 1.0)
    worker = psutil.Process(lean._process.pid)
    processors = worker.cpu_affinity()
    worker.cpu_affinity(processors[:1])
    # Sessions of their own, as the worker's: some systems share a processor among sessions first.
    loop = f"import os; os.sched_setaffinity(0, [{processors[0]}])\nwhile True: pass"
    load = [subprocess.Popen([sys.executable, "-c", loop], start_new_session=True) for _ in range(6)]
    try:
        verdict = lean.check(problem, "by decide +kernel -- again", seconds=1.5 * used)
    finally:
        for one in load:
            one.kill()
            one.wait()
        with suppress(psutil.NoSuchProcess):  # the clock has ended it
            worker.cpu_affinity(processors)
    assert (verdict.outcome, verdict.messages) == (Outcome.PROVED, ())


def test_a_second_kernel_that_waits_is_ended_by_the_clock(lean: EmbeddedEngine) -> None:
    problem, judge = Problem(header="", statement="theorem t (x : Nat) : x = x"), lean._judge
    assert judge is not None
    assert lean.check(problem, "rfl").outcome is Outcome.PROVED
    second = judge._second._kernel._process
    assert second is not None
    os.kill(second.pid, signal.SIGSTOP)
    verdict = lean.check(problem, "by exact rfl", seconds=0.5)
    assert (verdict.by_clock, verdict.tier) == (True, "judged")
    assert lean.check(problem, "by exact rfl").outcome is Outcome.PROVED


def test_code_of_a_header_by_the_hand_of_its_proof_meets_no_other_problem(lean: EmbeddedEngine) -> None:
    """The header does no harm; its words (a macro, `builtin`) are those of code that could."""
    header = 'macro "nothing" : tactic => `(tactic| skip) -- builtin\n'
    judge = lean._judge
    assert judge is not None

    def met(header: str, trusted: bool) -> tuple[int, int]:
        problem = Problem(header=header, statement="theorem t : 1 + 1 = 2", trusted_header=trusted)
        assert lean.check(problem, "rfl").reward == 1.0
        return lean._process.pid, judge._process.pid

    own = met(header, trusted=False)
    assert met(f"{header}def two : Nat := 2\n", trusted=False) == own
    other = met("", trusted=True)
    assert not set(other) & set(own)
    assert met(header, trusted=True) == other
    assert met("def two : Nat := 2\n", trusted=False) == other
