"""Stage 1: a Lean library becomes a data set that Lean has judged.

    read → split → prove the seeds → measure what single tactics close → rounds of conjectures → funnel → write

Every verdict is appended to `verdicts.jsonl` in the output folder as it comes, every answer of a language model to
`requests.jsonl`; the same call after a kill asks only what is missing. Without `max_seconds` two builds with one seed write
the same bytes, whatever was killed between (`timings.json` and the two journals apart); with it, a build stops between waves
drawn from all seeds alike, so stopping early stays balanced.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from random import Random

from data_gen.attempts import load_prover
from data_gen.candidates import Candidate, Generator, Names, with_level
from data_gen.contamination import Benchmarks, LeakReport, known_benchmarks
from data_gen.contamination import report as leak_report
from data_gen.extract import extract
from data_gen.funnel import Funnel, restates
from data_gen.generators import make_generators
from data_gen.judging import Judging, own_proofs, stated, without_unproved
from data_gen.library import Library, read_library
from data_gen.output import Build, refuse_other, write
from data_gen.splits import off_size, split_lemmas, split_library
from data_gen.stats import DatasetStats, Rejected, rejected
from physprover.config import RunConfig
from physprover.dataset import SPLITS
from physprover.errors import DataError
from physprover.lean import engine_kind
from physprover.lean.protocol import Pool
from physprover.lean.text.problems import passages
from physprover.progress import Progress, Stage
from physprover.records import Record, Theorem
from physprover.resources import resolve

_WAVE = 256  # candidates sent through the funnel together: few enough to stop in time, enough to keep workers busy
_NAMED = 10  # seeds left out that the terminal names


def build_dataset(config: RunConfig, pool: Pool, out: Path, progress: Progress) -> DatasetStats:
    """Build the data set of `config.data.library` into `out`.

    Raises `DataError` for an empty or leaking library, and for rows in `out` that other settings made.
    """
    begin = time.monotonic()
    library = read_library(resolve(config.data.library))
    benchmarks = known_benchmarks(config)
    replaced = refuse_other(out, config, library)
    seeds, fallen, problems = _seeds(config, library, benchmarks)
    out.mkdir(parents=True, exist_ok=True)
    # before anything that takes time: what these lack should be said at once
    generators = make_generators(config, out)
    provers = [load_prover(prover, config) for prover in config.data.provers]
    with closing(Judging(pool, out / "verdicts.jsonl", config.engine.seconds)) as judging:
        proved, unproved = _prove(config, library, seeds, [*problems, *replaced], judging, progress)
        funnel = Funnel(
            judging,
            config.data.attempts_per_conjecture,
            benchmarks,
            config.data.near_duplicate,
            config.data.skip_stages,
            provers,
        )
        funnel.know(proved)
        rounds, stopped = _conjectures(config, proved, funnel, generators, progress)
    conjectures = funnel.select(config.data.easy_share, config.data.repackaging_share)
    build = Build(
        theorems=(*proved, *conjectures),
        rejected=(*fallen, *unproved, *funnel.fallen),
        leaks=leak_report([*proved, *conjectures]),
        contamination=benchmarks.report(funnel.hits),
        rounds=rounds,
        stopped_early=stopped,
        problems=tuple(problems),
        seconds=time.monotonic() - begin,
    )
    _refuse_leaks(config, build.leaks)
    return write(out, build, config, library, funnel, judging)


def read_seeds(config: RunConfig) -> list[Theorem]:
    """The theorems that a build would start from, with their splits. Raises what `build_dataset` would raise before it asks Lean."""
    return _seeds(config, read_library(resolve(config.data.library)), known_benchmarks(config))[0]


def check_dataset(config: RunConfig) -> StaticReport:
    """Every stage of a build that asks no Lean: read, cut, split, search for leaks and repeats; writes nothing.

    Raises what `build_dataset` would raise in them.
    """
    begin = time.monotonic()
    library = read_library(resolve(config.data.library))
    benchmarks = known_benchmarks(config)
    theorems, fallen, problems = _seeds(config, library, benchmarks)
    found = leak_report(theorems)
    _refuse_leaks(config, found)
    lengths = sorted(len(t.header) for t in theorems)
    return StaticReport(
        library=str(library.root),
        files=len(library.modules),
        splits=dict(Counter(t.split for t in theorems)),
        domains=len({t.domain for t in theorems}),
        engine="core Lean" if all(t.engine == "core" for t in theorems) else "a built project",
        context=config.data.context,
        header_chars=(lengths[len(lengths) // 2], lengths[len(lengths) * 9 // 10], lengths[-1]),
        leaks=found,
        repeats=len(fallen),
        problems=tuple(problems),
        seconds=round(time.monotonic() - begin, 1),
    )


def _refuse_leaks(config: RunConfig, found: LeakReport) -> None:
    if config.data.split == "file" and found.leaking:
        shown = "; ".join([str(leak) for leak in found.leaks if leak.readable][:3])
        raise DataError(f"held-out theorems can be read in lower splits: {shown}")


class StaticReport(Record):
    """What a build would start from."""

    library: str
    files: int
    splits: dict[str, int]
    domains: int
    engine: str  # what its theorems need
    context: str
    header_chars: tuple[int, int, int]  # median, 90 %, longest
    leaks: LeakReport
    repeats: int  # seeds left out because a benchmark states them
    problems: tuple[str, ...]
    seconds: float

    def __str__(self) -> str:
        rows = sum(self.splits.values())
        splits = ", ".join(
            f"{split} {self.splits.get(split, 0)} ({self.splits.get(split, 0) / rows:.1%})"
            for split in SPLITS
        )
        median, most, longest = self.header_chars
        lines = [
            f"{rows} theorems of {self.files} files in {self.domains} domains of {self.library}, need {self.engine}",
            f"splits: {splits}",
            f"leaks: {self.leaks.leaking} of {self.leaks.held_out} held-out theorems can be read in a lower split, "
            f"{self.leaks.proofs} with their proof; {self.leaks.twins} have a twin there",
            f"repeats of a benchmark left out: {self.repeats}",
            f"headers ({self.context}): {median} characters at the median, {most} at 90 %, {longest} at most",
            *self.problems,
            f"read in {self.seconds} s; nothing was written, no Lean was asked",
        ]
        return "\n".join(lines)


def _seeds(
    config: RunConfig, library: Library, benchmarks: Benchmarks
) -> tuple[list[Theorem], list[Rejected], list[str]]:
    """Theorems to build from, those left out for a benchmark's sake, and lines on what could not be read."""
    theorems, left_out = extract(library, config.data.context)
    problems = [*library.problems, *left_out]
    if engine_kind(config.engine) == "embedded":
        core = [t for t in theorems if t.engine == "core"]
        if len(core) < len(theorems):
            problems.append(
                f"{len(theorems) - len(core)} theorems import more than core Lean, which the embedded engine has not; left out"
            )
        theorems = core
        problems += _unseen_parts(library, theorems)
    measures: list[tuple[str, int | None, Callable[[Theorem], int]]] = [
        ("statements", config.data.max_statement_chars, lambda t: len(t.statement)),
        ("problems", config.data.max_problem_chars, lambda t: len(t.header) + len(t.statement)),
    ]
    for what, limit, length in measures:
        short = [t for t in theorems if limit is None or length(t) <= limit]
        if len(short) < len(theorems):
            problems.append(f"{len(theorems) - len(short)} {what} of more than {limit} characters left out")
        theorems = short
    if not theorems:
        reason = f": {problems[0]}" if problems else ""
        raise DataError(f"{library.root}: no theorem to build from{reason}")
    if config.data.split == "lemma":
        theorems = split_lemmas(theorems)
    else:
        shares = config.data.test_share, config.data.validation_share
        theorems = split_library(library, theorems, *shares)
        if not (library.root / "splits.toml").exists():
            problems += off_size(theorems, *shares)
    hits = {} if "uncontaminated" in config.data.skip_stages else _repeats(theorems, benchmarks)
    fallen = [rejected(t, "uncontaminated", hits[t.name]) for t in theorems if t.name in hits]
    clean = [t for t in theorems if t.name not in hits]
    benchmarks.add_test_split(t for t in clean if t.split == "test")
    return clean, fallen, problems


def _unseen_parts(library: Library, theorems: Sequence[Theorem]) -> list[str]:
    """A line on theorems whose files ask for private parts of core Lean: the embedded engine has what modules export."""
    by_file = {m.file: library.private_core(n) for n, m in library.modules.items() if library.is_core(n)}
    asking = [t for t in theorems if by_file[t.source.file]]
    if not asking:
        return []
    modules = dict.fromkeys(w for t in asking for w in by_file[t.source.file])
    return [
        f"{len(asking)} theorems stand behind `import all` of {', '.join(modules)}: the embedded engine has only what "
        "these export, so proofs that unfold their other definitions will fall"
    ]


def _repeats(theorems: Sequence[Theorem], benchmarks: Benchmarks) -> dict[str, str]:
    """Seeds outside the test split that repeat a benchmark's problem: name -> reason."""
    return {t.name: str(hit) for t in theorems if t.split != "test" and (hit := benchmarks.find(t))}


def _prove(
    config: RunConfig,
    library: Library,
    seeds: Sequence[Theorem],
    notes: Sequence[str],
    judging: Judging,
    progress: Progress,
) -> tuple[list[Theorem], list[Rejected]]:
    """Seeds whose proof Lean accepts, with what single tactics close, and the others with Lean's reason.

    With a limit on conjectures, train seeds are not measured: the time is better spent on conjectures.
    """
    limited = config.data.max_seconds is not None or config.data.max_candidates is not None
    unmeasured = {"train"} if limited else set()
    with progress.stage("data: seeds", len(seeds) + sum(t.split not in unmeasured for t in seeds)) as stage:
        for note in notes:
            stage.note(note)
        seeds, answers = own_proofs(seeds, judging, stage.advance)
        proved = [t for t in seeds if answers[t.name].proved]
        fallen = [
            rejected(t, "seed", answers[t.name].message or answers[t.name].outcome)
            for t in seeds
            if not answers[t.name].proved
        ]
        proved, more = _sure(library, proved, judging)
        fallen += more
        for row in fallen[:_NAMED]:
            stage.note(f"seed {row.name} left out: {row.reason}")
        if len(fallen) > _NAMED:
            stage.note(f"{len(fallen) - _NAMED} more seeds left out: see rejected.parquet")
        if not proved:
            raise DataError(f"no seed's proof was accepted; first: {fallen[0].name}: {fallen[0].reason}")
        stage.advance(sum(row.split not in unmeasured for row in fallen), left_out=len(fallen) or "")
        closed = judging.portfolio([t for t in proved if t.split not in unmeasured], stage.advance)
    return [with_level(t.replace(closed_by=closed.get(t.name))) for t in proved], fallen


def _sure(
    library: Library, proved: Sequence[Theorem], judging: Judging
) -> tuple[list[Theorem], list[Rejected]]:
    """Seeds that rest on nothing unproved, and those that fall for it.

    A header may state with `sorry` a theorem whose own proof Lean refused or was never asked for. It is taken out of the
    headers behind it, whose theorems are judged again: what rests on it falls, and with it, perhaps, what rests on that.
    """
    said = [
        ((module.file, passage.line), stated(passage.name, passage.statement))
        for module in library.modules.values()
        for passage in passages(module.source, module.commands)
    ]
    sure: list[Theorem] = list(proved)
    fallen: list[Rejected] = []
    while True:
        places = {(t.source.file, t.source.line) for t in sure}
        unsure = [(place, words) for place, words in said if place not in places]
        first = _first_open(library, [place for place, _ in unsure])
        accepted = {words for _, words in said} - {words for _, words in unsure}
        doubtful = [t for t in sure if t.lemmas_proved and first[t.source.file] < t.source.line]
        cleared = {t.name: clear for t in doubtful if (clear := without_unproved(t, accepted)) is not t}
        if not cleared:
            return sure, fallen
        answers = judging.ask({name: (t, t.proof or "") for name, t in cleared.items()})
        fallen += [
            rejected(t, "seed", answers[name].message or answers[name].outcome)
            for name, t in cleared.items()
            if not answers[name].proved
        ]
        sure = [cleared.get(t.name, t) for t in sure if t.name not in cleared or answers[t.name].proved]


def _first_open(library: Library, unsure: Iterable[tuple[str, int]]) -> dict[str, float]:
    """File -> the line behind which its headers state a theorem that is not accepted; 0 where an inlined file does."""
    lines: dict[str, int] = {}
    for file, line in unsure:
        lines[file] = min(line, lines.get(file, line))
    own = {name: lines.get(module.file, math.inf) for name, module in library.modules.items()}
    return {
        module.file: 0
        if library.is_core(name) and any(own[imported] < math.inf for imported in library.closure(name))
        else own[name]
        for name, module in library.modules.items()
    }


def _conjectures(
    config: RunConfig,
    seeds: Sequence[Theorem],
    funnel: Funnel,
    generators: Sequence[Generator],
    progress: Progress,
) -> tuple[int, bool]:
    """Rounds of candidates until they, their limit or the time run out: rounds begun, and whether time ended it."""
    limit, begin = config.data.max_seconds, time.monotonic()
    with progress.stage("data: conjectures", None) as stage:
        tick = _ticker(stage, funnel)
        rounds = 0

        def late() -> bool:
            return limit is not None and time.monotonic() - begin > limit

        for rounds, wave in _waves(draw(config, seeds, generators, stage.note), late):
            if late():
                stage.note(
                    f"time limit of {limit:.0f} s: {len(funnel.kept)} conjectures survived {rounds} rounds"
                )
                return rounds, True
            funnel.pour(wave, tick)
            tick()  # with what survived of this wave
    return rounds, False


def draw(
    config: RunConfig,
    seeds: Sequence[Theorem],
    generators: Sequence[Generator],
    note: Callable[[str], None],
) -> Iterator[tuple[int, Candidate]]:
    """Candidates to try, with the number of their round, up to the limit; each round in an order of its own.

    Of candidates that mostly say what one theorem says, no larger share is tried than the data set may hold.
    """
    names, rounds = Names([theorem.name for theorem in seeds]), 0
    left, share = config.data.max_candidates, config.data.repackaging_share
    tried: Counter[bool] = Counter()  # whether a candidate restates -> how many were drawn
    for generator in generators:
        for candidates in generator.rounds(seeds, note):
            rounds += 1
            named = [names.give(candidate) for candidate in candidates]
            for candidate in Random(f"{config.seed}:{rounds}").sample(named, len(named)):
                if left is not None and sum(tried.values()) >= left:
                    return
                restating = restates(candidate.theorem.rule)
                if restating and share < 1 and tried[True] >= share / (1 - share) * tried[False]:
                    continue
                tried[restating] += 1
                yield rounds, candidate


def _waves(
    candidates: Iterable[tuple[int, Candidate]], late: Callable[[], bool]
) -> Iterator[tuple[int, list[Candidate]]]:
    """Portions of candidates, with the last round that each holds of, the present one at once when it is late."""
    wave: list[Candidate] = []
    last = 0
    for last, candidate in candidates:
        wave.append(candidate)
        if len(wave) == _WAVE or late():
            yield last, sorted(wave, key=lambda c: c.theorem.place)
            wave = []
    if wave:
        yield last, sorted(wave, key=lambda c: c.theorem.place)


def _ticker(stage: Stage, funnel: Funnel) -> Callable[[], None]:
    """What shows the candidates so far, and the checks that they cost."""
    begin, asked, shown = time.monotonic(), funnel.judging.asked, 0

    def tick() -> None:
        nonlocal shown
        checks, new = funnel.judging.asked - asked, funnel.counts()[0].entered - shown
        shown += new
        rate = checks / max(time.monotonic() - begin, 1e-3)
        stage.advance(new, survived=len(funnel.kept), checks=checks, checks_per_s=f"{rate:.0f}")

    return tick
