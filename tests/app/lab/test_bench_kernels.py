"""The figures of the two kernels, measured in small on the real engine."""

from __future__ import annotations

import pytest

from physprover.app.lab.bench_kernels import added, agreement
from physprover.app.lab.corpus import reference_proofs
from physprover.config import EngineConfig
from physprover.resources import resolve


def test_reference_proofs_are_spread_over_the_library() -> None:
    library = resolve("lean/PhysCore")
    few, all_ = reference_proofs(library, 20), reference_proofs(library, 0)
    assert len(few) == 20
    assert len(all_) > 700
    assert len({check.id.split(".")[1] for check in few}) > 4  # of many domains
    assert {check.id for check in few} <= {check.id for check in all_}


@pytest.mark.slow  # eight starts of Lean
def test_both_kernels_accept_and_what_the_second_costs_is_measured() -> None:
    proofs = reference_proofs(resolve("lean/PhysCore"), 4)
    accepted, ratio = agreement(EngineConfig(workers=1), proofs)
    assert (accepted.measured, accepted.met) == ("4 of 4", True)
    assert float(ratio.measured.split()[0]) > 0
    cpu, wall = added(EngineConfig(workers=1), proofs)
    assert "100% pass" in cpu.figure
    assert cpu.measured.endswith("%")
    assert wall.measured.endswith("%")
