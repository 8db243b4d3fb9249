"""Where metrics also go, besides metrics.jsonl: TensorBoard, trackio or wandb, by the one setting `tracker`.

Only what metrics.jsonl holds is sent. The run's own records stay the truth: they alone are read for resume and report.
"""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any, Protocol

from physprover.errors import ConfigError, RunError

if TYPE_CHECKING:
    from physprover.config import RunConfig
    from physprover.runs import RunDir, StepMetrics


class Tracker(Protocol):
    """Takes one line of metrics a step."""

    def log(self, metrics: StepMetrics) -> None: ...

    def close(self) -> None: ...


class Untracked:
    """No tracker: so that nobody has to ask whether there is one."""

    def log(self, metrics: StepMetrics) -> None: ...

    def close(self) -> None: ...


class Tracked:
    """One of accelerate's trackers."""

    def __init__(self, tracker: Any) -> None:
        self._tracker = tracker

    def log(self, metrics: StepMetrics) -> None:
        self._tracker.log(figures(metrics), step=metrics.step)

    def close(self) -> None:
        self._tracker.finish()


def open_tracker(config: RunConfig, run: RunDir, step: int) -> Tracker:
    """The tracker `config.tracker` names, going on after `step`. Raises ConfigError when its package is missing."""
    kind = config.tracker
    if kind == "none":
        return Untracked()
    if importlib.util.find_spec(kind) is None:
        raise ConfigError(f"tracker = \"{kind}\" needs the package: pip install 'physprover[track]'")
    from accelerate import tracking

    settings = config.model_dump(mode="json", exclude={"cluster": {"address"}})
    try:
        # A resumed run goes on in the same curve: what was drawn after the checkpoint is drawn again.
        if kind == "tensorboard":
            tracker = tracking.TensorBoardTracker("tensorboard", run.path, purge_step=step + 1)
        elif kind == "trackio":
            tracker = tracking.TrackioTracker("physprover", name=config.name, resume="allow")
        else:
            tracker = tracking.WandBTracker(
                "physprover", name=config.name, id=config.name, resume="allow", dir=str(run.path)
            )
        tracker.start()
        if kind != "tensorboard":  # TensorBoard would open a run of its own for them
            tracker.store_init_configuration(settings)
    except Exception as error:  # each service has errors of its own: no account, no network, a full disk
        raise RunError(f"tracker {kind}: {(str(error).splitlines() or [type(error).__name__])[0]}") from None
    return Tracked(tracker)


def figures(metrics: StepMetrics) -> dict[str, float]:
    """Plain numbers by name, verdict classes as shares of the attempts."""
    plain = {
        f"rl/{name}": float(value)
        for name, value in metrics.model_dump(exclude={"step", "outcomes"}).items()
        if isinstance(value, int | float)
    }
    shares = {
        f"verdicts/{name}": count / metrics.attempts
        for name, count in metrics.outcomes.items()
        if metrics.attempts
    }
    return plain | shares
