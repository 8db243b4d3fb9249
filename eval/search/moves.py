"""What may be done next on a statement: the moves of a search, by kind.

SCRIPT a closing script for the whole goal, or a choice of witnesses for an ∃ · DIRECT samples of the prover · RETRIEVE lemmas and proofs of alike statements ·
DECOMPOSE a sketch whose holes are closed one by one · REPAIR what Lean found fault with in an attempt of the prover.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from eval.search.budget import Amount
from eval.search.case import CLOSERS, WITH_FACTS, Case, Filling, Kind, Move, closing
from eval.search.desk import writable
from eval.search.library import data_types, with_premises
from eval.search.sketch import ROOT, HoleSketch, LeanError, errors_of, laid_out, punch
from physprover.lean.text.definitions import IDENT, declarations, is_hypothesis
from physprover.records import Outcome, Theorem

SAMPLES = 4  # attempts of one sampling move

# What a move is expected to cost before it was ever made.
_ONE_CHECK = Amount(checks=1, seconds=0.3)
_WITNESSING = Amount(checks=1, seconds=1.5)
_SAMPLING = Amount(tokens=400, checks=SAMPLES, seconds=1.0)
_FILLING = Amount(checks=3, seconds=1.0)


# -- SCRIPT --


def scripts(case: Case) -> Iterator[Move]:
    """Closing scripts for the whole goal that were not tried yet; for an ∃ first those that name a witness."""
    for number, text in enumerate(case.witness_scripts, start=1):
        if (arm := f"script witnesses {number}") not in case.done:
            yield Move("script", arm, _WITNESSING, partial(_close, arm=arm, text=text))
    for template in CLOSERS:
        arm = f"script {template}"
        if arm not in case.done and (text := closing(case, template)):
            yield Move("script", arm, _ONE_CHECK, partial(_close, arm=arm, text=text))


def _close(case: Case, arm: str, text: str) -> None:
    """Check one tactic block for the whole goal."""
    case.done.add(arm)
    case.desk.check(ROOT.fill([text]).proof)


# -- DIRECT: sample proofs of the statement as it stands, and check each distinct one. --


def direct(case: Case) -> Iterator[Move]:
    """A few samples, whenever there is a prover; may be repeated."""
    if case.desk.can_sample and "direct" not in case.done:
        yield Move("direct", "direct", _SAMPLING, partial(_sample, theorem=case.theorem, arm="direct"))


def _sample(case: Case, theorem: Theorem, arm: str) -> None:
    """Sample `theorem` and check what is written against the problem, until one is proved.

    Where the prover has nothing to say (a prompt beyond its context), the arm is done with.
    """
    attempts = case.desk.sample(theorem, min(SAMPLES, case.desk.budget.left.checks))
    if not attempts:
        case.done.add(arm)
    for attempt in attempts:
        proof = laid_out(attempt.proof)
        if not proof.strip():
            case.desk.drawn["cut off before a proof" if attempt.truncated else "without a proof"] += 1
        elif not writable(proof):
            case.desk.drawn["with names that stand for nothing"] += 1
            case.drafts.append(proof)
        else:
            case.desk.drawn["repeated" if proof in case.desk.tried else "checked"] += 1
            if case.desk.check(proof, messages=2) and case.solved:
                return


def _check_each(case: Case, proofs: Iterable[str]) -> None:
    """Check these proofs until one is accepted."""
    for proof in proofs:
        case.desk.check(proof, messages=2)
        if case.solved:
            return


# -- RETRIEVE: bring in what others have proved. Lemmas of the header go into scripts and into the prover's prompt; proofs of --
# alike statements are tried with this statement's names.

_ANALOGIES = 2  # tried in one move


def retrievals(case: Case) -> Iterator[Move]:
    """Scripts with lemmas, then proofs of alike statements, then samples with lemmas; these may be repeated."""
    for template in WITH_FACTS if case.lemmas else ():
        if (arm := f"retrieve {template}") not in case.done:
            yield Move("retrieve", arm, _ONE_CHECK, partial(_close_with_lemmas, arm=arm, template=template))
    if len(case.library):
        starts = range(0, len(case.analogies), _ANALOGIES)
        start = next((s for s in starts if f"analogy {s}" not in case.done), None)
        if start is not None:
            yield Move("retrieve", "retrieve proof", _ONE_CHECK, partial(_try_analogies, start=start))
    if case.lemmas and case.desk.can_sample and "retrieve sample" not in case.done:
        yield Move("retrieve", "retrieve sample", _SAMPLING, _sample_with_lemmas)


def _close_with_lemmas(case: Case, arm: str, template: str) -> None:
    """A closing script that is told the retrieved lemmas."""
    case.facts = tuple(lemma.name for lemma in case.lemmas)
    _close(case, arm, closing(case, template))


def _try_analogies(case: Case, start: int) -> None:
    """Proofs of the most similar train theorems, the best that were not tried yet."""
    case.done.add(f"analogy {start}")
    _check_each(case, case.analogies[start : start + _ANALOGIES])


def _sample_with_lemmas(case: Case) -> None:
    """Samples of the prover that has the retrieved lemmas in its prompt."""
    case.facts = tuple(lemma.name for lemma in case.lemmas)
    _sample(case, with_premises(case.theorem, case.lemmas), "retrieve sample")


# -- DECOMPOSE: split the statement by its form into cases with a hole each, and close the holes. --

_INDUCTION = {
    "Nat": ("| zero =>\n    ⟪0⟫", "| succ {x} ih =>\n    ⟪1⟫"),
    "List": ("| nil =>\n    ⟪0⟫", "| cons {x}₀ {x} ih =>\n    ⟪1⟫"),
}


def decompositions(case: Case) -> Iterator[Move]:
    """The ways to split that the form of the statement allows; each may be repeated until no filling is left."""
    for form, text in sketches(case):
        arm = f"decompose {form}"  # the same for all statements
        if arm not in case.done:
            fill = partial(_fill, arm=arm, sketch=HoleSketch(text=f"by\n  {text}"))
            yield Move("decompose", arm, _FILLING, fill, once=partial(fill, once=True))


def _fill(case: Case, arm: str, sketch: HoleSketch, once: bool = False) -> None:
    """Open a sketch, or go on with it."""
    filling = case.fillings.setdefault(arm, Filling(case, sketch))
    if once:
        filling.advance(rounds=1, ask_prover=False)
    else:
        filling.advance()
    if filling.exhausted:
        case.done.add(arm)


def sketches(case: Case) -> Iterator[tuple[str, str]]:
    """(Form, tactics with holes)."""
    yield from _inductions(case)
    yield from _cases(case)
    goal = case.statement.goal
    if "∧" in goal or "↔" in goal:
        yield "constructor", "constructor\n  ·\n    ⟪0⟫\n  ·\n    ⟪1⟫"
    if goal.startswith(("∀", "¬")) or "→" in goal:
        yield "intro", "intros\n  ⟪0⟫"
    if case.definitions:
        unfold = f"simp only [{', '.join(case.definitions)}]"
        yield "unfold and split", f"{unfold}\n  repeat' split\n  all_goals\n    ⟪0⟫"
        structures, _ = data_types(case.theorem)
        if structures and "=" in goal:
            fields = ", ".join(f"{name}.mk.injEq" for name in sorted(structures))
            yield (
                "fields",
                f"simp only [{', '.join(case.definitions)}, {fields}]\n  and_intros\n  all_goals\n    ⟪0⟫",
            )


def _inductions(case: Case) -> Iterator[tuple[str, str]]:
    types = {name: kind.split(" ")[0] for name, kind in case.statement.bound().items()}
    for number, name in enumerate(case.statement.of_type(*_INDUCTION)[:3]):
        arms = "\n  ".join(_INDUCTION[types[name]]).format(x=name)
        suffix = f" {number + 1}" if number else ""
        yield f"induction{suffix}", f"induction {name} with\n  {arms}"
        data = [n for n, head in types.items() if n != name and head != "Type" and not is_hypothesis(n)]
        if data:
            yield (
                f"induction, others general{suffix}",
                f"induction {name} generalizing {' '.join(data)} with\n  {arms}",
            )


def _cases(case: Case) -> Iterator[tuple[str, str]]:
    structures, others = data_types(case.theorem)
    pairs = [name for name, kind in case.statement.bound().items() if "×" in kind]
    split = [*case.statement.of_type(*structures), *pairs]
    branching = case.statement.of_type(*others, "Bool", "Option")
    if split:
        yield "cases of structures", f"{' <;> '.join(f'cases {x}' for x in split)}\n  ⟪0⟫"
    if branching:
        every = " <;> ".join(f"cases {x}" for x in (*branching, *split))
        yield "cases", f"{every}\n  all_goals\n    ⟪0⟫"
    naturals = case.statement.of_type("Nat")
    if naturals:
        yield (
            "cases of a number",
            f"cases {naturals[0]} with\n  | zero =>\n    ⟪0⟫\n  | succ {naturals[0]} =>\n    ⟪1⟫",
        )


# -- REPAIR: mend an attempt of the prover by what Lean said of it. Names that do not exist are dropped or replaced by the nearest --
# that does; what elaborated before the first error is kept and the rest becomes holes.

_UNKNOWN = re.compile(r"[Uu]nknown (?:identifier|constant) `([^`]+)`")
_LIST = re.compile(r"\[([^\[\]]*)\]")
_FROM_PROVER = ("direct", "retrieve sample", "retrieve proof", "repair names")
_FAULTS = (
    "unsolved goals", "made no progress", "no goals", "unknown", "omega", "grind", "rewrite",
    "type mismatch",
)  # fmt: skip


def repairs(case: Case) -> Iterator[Move]:
    """For each kind of fault the attempt that came furthest: most lines before its first error."""
    for draft in case.drafts:
        mended = _without(draft, lambda item: "<|" in item)
        if draft not in case.repaired and writable(mended) and mended not in case.desk.tried:
            yield _rename(draft, [mended])
            break
    best: dict[str, tuple[int, Move]] = {}
    for tried in case.desk.tried.values():
        from_prover = tried.outcome is Outcome.REJECTED and tried.arm.startswith(_FROM_PROVER)
        if not from_prover or tried.proof in case.repaired:
            continue
        errors = errors_of(tried.messages, case.theorem.statement, tried.proof)
        if errors and (move := _repair(case, tried.proof, errors)):
            came = errors[0].line
            if move.arm not in best or came > best[move.arm][0]:
                best[move.arm] = (came, move)
    yield from (move for _, move in best.values())


def _repair(case: Case, proof: str, errors: list[LeanError]) -> Move | None:
    unknown = next((m[1] for e in errors if (m := _UNKNOWN.search(e.text))), None)
    if unknown is not None:
        mended = [p for p in renamed(proof, unknown, _names(case)) if p not in case.desk.tried]
        if mended:
            return _rename(proof, mended)
    sketch = punch(proof, errors)
    if sketch is None:
        return None
    reopen = partial(_reopen, attempt=proof, sketch=sketch)
    return Move("repair", f"repair {fault_of(errors[0])}", _FILLING, reopen)


def _rename(attempt: str, mended: Sequence[str]) -> Move:
    """Check an attempt once more with one unknown name dropped, or replaced by the nearest known one."""

    def run(case: Case) -> None:
        case.repaired.add(attempt)
        _check_each(case, mended)

    return Move("repair", "repair names", _ONE_CHECK, run)


def _reopen(case: Case, attempt: str, sketch: HoleSketch) -> None:
    """Keep what elaborated, put holes where it did not, and fill them."""
    case.repaired.add(attempt)
    Filling(case, sketch).advance()


def fault_of(error: LeanError) -> str:
    """The class of an error, in a word or two."""
    text = error.text.lower()
    found = next((fault for fault in _FAULTS if fault in text), None)
    return found or ("unexpected token" if "expected" in text else "failed")


def renamed(proof: str, unknown: str, known: list[str]) -> list[str]:
    """The proof without the unknown fact, and with the nearest known name in its place."""
    dropped = _without(proof, lambda item: item.strip().lstrip("←- ").split(" ")[0] == unknown)
    close = difflib.get_close_matches(unknown, known, n=1, cutoff=0.6)
    near = [re.sub(rf"(?<![\w.']){re.escape(unknown)}(?![\w'])", close[0], proof)] if close else []
    return [p for p in (dropped, *near) if p != proof and writable(p)]


def _without(proof: str, unwanted: Callable[[str], bool]) -> str:
    """The proof with its bracketed lists less the unwanted items."""
    return _LIST.sub(lambda m: f"[{', '.join(x.strip() for x in m[1].split(',') if not unwanted(x))}]", proof)


def _names(case: Case) -> list[str]:
    """Names that may be meant: the header's, and those that the statement binds."""
    bound, known = case.statement.bound(), declarations(case.theorem.header)
    return [*dict.fromkeys((*bound, *known, *IDENT.findall(case.theorem.statement)))]


MOVES: dict[Kind, Callable[[Case], Iterable[Move]]] = {
    "script": scripts,
    "direct": direct,
    "retrieve": retrievals,
    "decompose": decompositions,
    "repair": repairs,
}
