"""What a run is said to take, and the machine that is too small for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from physprover.app import preflight
from physprover.app.preflight import Speed, Work
from physprover.config_file import load_config
from physprover.resources import resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from physprover.lean.embedded.engine import EmbeddedEngine
    from physprover.lean.protocol import Check
    from physprover.records import Verdict

QUICKSTART = load_config(resolve("configs/quickstart.toml"))
SPEED = Speed(step=0.2, check=0.05, wait=1.0, cores=2)


class OneEngine:
    def __init__(self, lean: EmbeddedEngine) -> None:
        self.lean = lean

    def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        for check in checks:
            yield check, self.lean.check(check.problem, check.proof, check.seconds, check.messages)

    def close(self) -> None: ...


def test_a_slower_machine_takes_longer_and_does_the_same_work() -> None:
    work = preflight.work_of(QUICKSTART, preflight.theorems_of(resolve(QUICKSTART.data.library)))
    minutes = work.minutes(SPEED, 2)
    assert 2 < minutes < 30
    one_core = work.minutes(Speed(0.2, 0.05, 1.0, cores=1), 2)
    assert one_core == pytest.approx(2 * minutes)
    busy = work.minutes(Speed(0.2, 0.05, 3.0, cores=2), 2)
    assert busy == pytest.approx(3 * minutes)


def test_more_work_is_a_longer_run() -> None:
    def with_rl(**changes: object) -> Work:
        config = QUICKSTART.model_copy(update={"rl": QUICKSTART.rl.model_copy(update=changes)})
        return preflight.work_of(config, 800)

    assert with_rl(steps=40).checks > with_rl(steps=10).checks
    assert with_rl(steps=0).steps < with_rl(steps=10).steps


def test_this_machine_is_measured(lean: EmbeddedEngine) -> None:
    speed = preflight.measure(QUICKSTART, OneEngine(lean))
    assert speed.step > 0
    assert speed.check > 0
    assert speed.wait >= 1
    text = preflight.sentence(speed, 7.2)
    assert "about 7 minutes" in text
    assert "1 core," in preflight.sentence(Speed(0.2, 0.05, 1.0, 1), 7.2)
    assert "times as long as on an idle machine" in preflight.sentence(Speed(0.2, 0.05, 2.0, 2), 7.2)
