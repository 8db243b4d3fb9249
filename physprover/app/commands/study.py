"""`physprover study`: the same job with different settings, over seeds, on one data set; a table with intervals.

A study is a TOML file: a base configuration, settings common to all arms, and arms. Every arm and seed is an ordinary run
directory inside the study's, so a killed study goes on where it was, and more seeds only add runs.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import Field

from eval.compare import Values, arms_table, paired_by_seed, values
from eval.results import read_result
from physprover.app.commands.common import keeping
from physprover.app.display import Display
from physprover.config import RunConfig, Section
from physprover.config_file import load_config, parse_config, read_settings, read_toml, with_preset
from physprover.errors import ConfigError, RunError
from physprover.files import must_be_writable, replacing
from physprover.lean.ask import open_pool
from physprover.progress import Progress
from physprover.records import read_record
from physprover.resources import resolve
from physprover.runs import FREE, changes

_VALIDATION = re.compile(r"validation-step-(\d+)\.json")


def study(
    file: Annotated[Path, typer.Argument(metavar="STUDY", help="Study file, see configs/studies.")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Directory of data, labels and a run for each arm and seed; of an optimizer study the file of its records."
        ),
    ] = None,
    seeds: Annotated[int | None, typer.Option(min=1, help="Seeds of each arm; default: the study's.")] = None,
    arm: Annotated[list[str] | None, typer.Option(help="Only this arm; repeat.")] = None,
    only_table: Annotated[bool, typer.Option("--table", help="Run nothing; print what is there.")] = False,
) -> None:
    """Compare settings over seeds on one data set; a table with intervals.

    Every arm and seed is an ordinary run directory. Repeat to resume; more seeds only add runs. Studies of optimizers alone
    (`kind = …` in the file) need no Lean and print their table.

    \b
    Examples:
      physprover study configs/studies/nonsmooth.toml
      physprover study configs/studies/insight.toml --out runs/insight --seeds 1
      physprover study configs/studies/insight.toml --out runs/insight \\
        --arm plain --arm "3 stages"
      physprover study configs/studies/insight.toml --out runs/insight --table
    """
    if (table := optimizer_study(resolve(file), out, bool(seeds or arm or only_table))) is not None:
        print(table)
        return
    chosen = load_study(resolve(file))
    if out is None:
        raise ConfigError(f"{file}: its runs need a directory, --out DIR")
    if arm:
        chosen = only(chosen, arm)
    which = range(seeds or chosen.seeds)
    with keeping():
        if not only_table:
            print(run_study(chosen, out, which, Display()))
            return
        print(study_table(chosen, out, which))
        for reason in of_other_settings(chosen, out, which):
            print(f"note: {reason}")


class Arm(Section):
    """One way of doing it."""

    start: str | None = None
    """Arm whose warm start this one takes over; both must train alike."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Sections and keys of a run configuration, laid over the study's."""


class Study(Section):
    """What is compared."""

    base: str
    """Configuration every arm starts from."""
    seeds: int = Field(5, ge=1)
    """Seeds 0, 1, … of each arm."""
    common: dict[str, Any] = Field(default_factory=dict)
    """Settings of all arms, laid over the base."""
    arms: dict[str, Arm]
    """The arms; differences are against the first."""


def optimizer_study(path: Path, out: Path | None, of_runs: bool) -> str | None:
    """Run a study of optimizers alone (`physprover.app.lab.nonsmooth`) and return its table; None for a file without `kind`.

    Raises `ConfigError` for options that belong to studies `of_runs`, `RunError` where nothing can be written to `out`.
    """
    if "kind" not in read_toml(path):
        return None
    from physprover.app.lab.nonsmooth import NonSmoothStudy, table, write

    if of_runs:
        raise ConfigError(
            f"{path}: a study of optimizers alone; --seeds, --arm and --table are of studies of runs"
        )
    if out is not None:
        must_be_writable(out)
    records = read_settings(path, NonSmoothStudy).run()
    if out is not None:
        write(records, out)
    return table(records)


def load_study(path: Path) -> Study:
    """Read a study file. Raises `ConfigError` with the first thing wrong, each arm's settings included."""
    study = read_settings(path, Study)
    if not study.arms:
        raise ConfigError(f"{path}: a study needs at least one arm")
    _refuse_fixed(study.common, f"{path}: common", ())
    folders: dict[Path, str] = {}
    for name, arm in study.arms.items():
        where = f"{path}: arm `{name}`"
        data = arm.settings.get("data")
        _refuse_fixed(
            arm.settings, where, [k for k in data if k != "self_play"] if isinstance(data, dict) else ()
        )
        arm_config(study, name, 0, Path("runs"))
        if arm.start is not None and arm.start not in folders.values():
            known = "comes later, or is itself" if arm.start in study.arms else "is no arm of the study"
            raise ConfigError(f"{where} starts from `{arm.start}`, which {known}")
        if "|" in name or not name.isprintable():
            raise ConfigError(f"{where}: its name must fit in a table: no `|`, no line break")
        if other := folders.get(_run(name, 0, Path())):
            raise ConfigError(f"{where} would share the run directory of arm `{other}`: choose another name")
        folders[_run(name, 0, Path())] = name
    return study


def _refuse_fixed(settings: dict[str, Any], where: str, data: Sequence[str]) -> None:
    """Raise `ConfigError` for settings that the study itself decides; `data` are those of its [data]."""
    if found := [k for k in ("name", "output", "seed") if k in settings] + [f"data.{k}" for k in data]:
        raise ConfigError(
            f"{where}: `{found[0]}` cannot be set here: a study names its runs, counts their seeds from 0, and all its arms "
            "have one data set, which [common.data] or the base describes"
        )


def only(study: Study, arms: Sequence[str]) -> Study:
    """The study with some of its arms, in its own order. Raises `ConfigError` for one it lacks, or whose start is left out."""
    for arm in arms:
        if arm not in study.arms:
            raise ConfigError(
                f"no arm `{arm}` in the study; it has {', '.join(f'`{a}`' for a in study.arms)}"
            )
        if (start := study.arms[arm].start) is not None and start not in arms:
            raise ConfigError(f"arm `{arm}` starts from `{start}`: name that one too")
    return study.model_copy(update={"arms": {a: study.arms[a] for a in study.arms if a in arms}})


def arm_config(study: Study, arm: str, seed: int, out: Path) -> RunConfig:
    """The run configuration of one arm and seed: base, then common, then the arm's own.

    Data and labels are shared, in the study's directory unless a data set or labels are given.
    """
    base = resolve(study.base)
    tree = read_toml(base)
    for layer in (study.common, study.arms[arm].settings):
        tree = _laid_over(tree, layer)
    shared = {"data": {"dataset": str(out / "data")}, "engine": {"verdicts": str(out / "verdicts.sqlite")}}
    if tree.get("sft", {}).get("stages"):
        shared["sft"] = {"insight": str(out / "insight")}
    tree = _laid_over(shared, tree)
    own = {"name": _run(arm, seed, out).name, "output": str(out), "seed": seed}
    return parse_config(tree | own, f"arm `{arm}`")


def run_study(study: Study, out: Path, seeds: Sequence[int], progress: Progress) -> str:
    """Run what is missing, seed by seed so that an early stop is balanced; returns the table.

    Raises `ConfigError`, before the first run, for an arm whose settings cannot work together.
    """
    from physprover.app.pipeline import run_pipeline
    from rl.validation import refuse_impossible

    for arm in study.arms:
        try:
            refuse_impossible(with_preset(arm_config(study, arm, 0, out)))
        except ConfigError as error:
            raise ConfigError(f"arm `{arm}`: {error}") from None
    _shared_data(study, out, progress)
    for seed in seeds:
        for arm in study.arms:
            config = arm_config(study, arm, seed, out)
            _take_over(study, arm, config, out)
            run_pipeline(config, progress)
    return study_table(study, out, seeds)


def study_table(study: Study, out: Path, seeds: Sequence[int]) -> str:
    """The tables of what is there: before RL, on validation where `rl.eval_every` asks, after RL, and what RL gained."""
    found = {when: _values(study, out, seeds, label) for when, label in _evaluations(study, out, seeds)}
    before, after = found["before RL"], found["after RL"]
    found["gain of RL (after − before)"] = {
        arm: paired_by_seed(after[arm], before[arm]) for arm in study.arms
    }
    tables = []
    for when, arms in found.items():
        present = {arm: by_seed for arm, by_seed in arms.items() if by_seed}
        if present:
            notes = {
                arm: _training([_run(arm, seed, out) for seed in by_seed]) for arm, by_seed in present.items()
            }
            tables.append(f"{when}, in points\n\n{arms_table(present, notes)}")
    return "\n\n".join(tables) or "nothing evaluated yet"


def of_other_settings(study: Study, out: Path, seeds: Sequence[int]) -> list[str]:
    """Of the runs that are there, those that the study file no longer describes, in words: a table gives their figures."""
    found = []
    for arm in study.arms:
        for seed in seeds:
            run = _run(arm, seed, out)
            try:
                old = load_config(run / "config.toml")
                # where the study was then: it may have been moved
                changes(old, with_preset(arm_config(study, arm, seed, Path(old.output))), run)
            except RunError as error:
                found.append(str(error))
            except ConfigError:  # no run, or one of another version
                continue
    return found


def _values(study: Study, out: Path, seeds: Sequence[int], label: str) -> dict[str, dict[int, Values]]:
    """What the evaluations of that label measured, by arm and seed."""
    return {
        arm: {
            seed: values(read_result(file))
            for seed in seeds
            if (file := _run(arm, seed, out) / "eval" / f"{label}.json").exists()
        }
        for arm in study.arms
    }


def _evaluations(study: Study, out: Path, seeds: Sequence[int]) -> list[tuple[str, str]]:
    """What a table may be about, and the name of its file in a run's `eval`."""
    steps = {
        int(found[1])
        for arm in study.arms
        for seed in seeds
        for file in (_run(arm, seed, out) / "eval").glob("validation-step-*.json")
        if (found := _VALIDATION.fullmatch(file.name))  # beside each lies its state
    }
    during = [(f"validation, step {step}", f"validation-step-{step}") for step in sorted(steps)]
    return [("before RL", "test-before"), *during, ("after RL", "test-after")]


def _shared_data(study: Study, out: Path, progress: Progress) -> None:
    """Data set and labels of all arms, built once; what the settings name is there already."""
    from data_gen.build import build_dataset
    from data_gen.insight.build import build_insights

    configs = [arm_config(study, arm, 0, out) for arm in study.arms]
    config, folders = configs[0], {"data": out / "data", "insight": out / "insight"}
    asked = {c.data.dataset for c in configs} | {c.sft.insight for c in configs if c.sft.stages}
    missing = [
        name
        for name, folder in folders.items()
        if str(folder) in asked and not (folder / "stats.json").exists()
    ]
    if not missing:
        return
    with open_pool(config.engine, progress=progress) as pool:
        if "data" in missing:
            unbuilt = config.model_copy(update={"data": config.data.model_copy(update={"dataset": None})})
            build_dataset(unbuilt, pool, out / "data", progress)
        if "insight" in missing:
            dataset = resolve(config.data.dataset or folders["data"])
            build_insights(
                dataset, folders["insight"], pool, config.engine.seconds, progress, splits=("train",)
            )


def _take_over(study: Study, arm: str, config: RunConfig, out: Path) -> None:
    """What an earlier run of the study has done already: the warm start of another arm, the model-free lines."""
    run = out / config.name
    start = study.arms[arm].start
    if start is not None and not (run / "warmstart").exists():
        earlier = _run(start, config.seed, out) / "warmstart"
        if (earlier / "config.json").exists():
            _copy(earlier, run / "warmstart")
    for file in _model_free(out, config):
        target = run / "eval" / file.name
        if not target.exists():
            _copy(file, target)


def _copy(source: Path, target: Path) -> None:
    """A folder or a file, written beside `target` and renamed: what a kill leaves is never taken for the whole."""
    with replacing(target) as draft:
        if source.is_dir():
            shutil.rmtree(draft, ignore_errors=True)  # of an earlier kill
            shutil.copytree(source, draft)
        else:
            shutil.copyfile(source, draft)


def _model_free(out: Path, config: RunConfig) -> Iterator[Path]:
    """One of each `portfolio-*.json` that this run would measure the same: they depend on the problems and Lean alone."""
    seen: set[str] = set()
    for file in sorted(out.glob("*/eval/portfolio-*.json")):
        try:
            earlier = load_config(file.parents[1] / "config.toml")
        except ConfigError:  # of another version, or no run
            continue
        if file.name not in seen and _measured(earlier) == _measured(config):
            seen.add(file.name)
            yield file


def _measured(config: RunConfig) -> tuple[object, ...]:
    """What decides the model-free lines: which problems, and how Lean judges."""
    freely = {key.removeprefix("engine.") for key in FREE if key.startswith("engine.")}
    problems = config.data.dataset, config.eval.minif2f, config.eval.max_problems
    return *problems, config.engine.model_dump(exclude=freely)


def _training(runs: Sequence[Path]) -> str:
    """What the warm starts of an arm's runs saw, for the table."""
    from rl.warmstart.stages import StagesStats

    files = [file for run in runs if (file := run / "warmstart" / "stages.json").exists()]
    if not files:
        return ""
    found = [read_record(file, StagesStats, "the record of a warm start") for file in files]
    low, high = (f"{end(stats.tokens for stats in found):,}" for end in (min, max))
    return (
        f"{' → '.join(s.stage for s in found[0].stages)}, {low if low == high else f'{low} to {high}'} tokens"
    )


def _run(arm: str, seed: int, out: Path) -> Path:
    """The run directory of an arm and a seed."""
    return out / f"{''.join(char if char.isalnum() else '-' for char in arm)}-{seed}"


def _laid_over(tree: dict[str, Any], layer: dict[str, Any]) -> dict[str, Any]:
    """`layer` over `tree`; sections are merged, anything else is replaced."""
    merged = dict(tree)
    for key, value in layer.items():
        below = merged.get(key)
        merged[key] = (
            _laid_over(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
        )
    return merged
