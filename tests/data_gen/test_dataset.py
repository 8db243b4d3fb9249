from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_gen.output import card
from data_gen.stats import DatasetStats, SplitCount
from physprover.dataset import SPLITS, load_theorems, write_dataset
from physprover.errors import DataError
from physprover.records import Source, Theorem

if TYPE_CHECKING:
    from pathlib import Path

CARD = "---\nconfigs:\n- config_name: default\n  data_files:\n  - split: train\n    path: data/train.parquet\n---\n"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
THEOREMS = st.builds(
    Theorem,
    name=TEXT,
    statement=TEXT,
    header=TEXT,
    source=st.builds(Source, file=TEXT, line=st.integers(0, 10**6)),
    split=st.sampled_from(["train", "validation", "test"]),
    proof=st.none() | TEXT,
    informal=st.none() | TEXT,
    engine=st.sampled_from(["core", "project"]),
    premises=st.lists(TEXT, max_size=3).map(tuple),
    closed_by=st.none() | st.lists(TEXT, max_size=3).map(tuple),
)


@settings(max_examples=40)
@given(theorems=st.lists(THEOREMS, unique_by=lambda t: t.name, max_size=6))
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, theorems: list[Theorem]) -> None:
    folder = tmp_path_factory.mktemp("set")
    counts = write_dataset(folder, theorems, CARD)
    for split, count in counts.items():
        expected = [t for t in theorems if t.split == split]
        assert len(expected) == count
        if expected:
            assert load_theorems(folder, split) == expected


def test_datasets_loads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    theorem = Theorem(name="a", statement="theorem a : True", split="train", premises=("x",))
    write_dataset(tmp_path / "set", [theorem], CARD)
    loaded = datasets.load_dataset(str(tmp_path / "set"), cache_dir=str(tmp_path / "cache"))
    assert Theorem.model_validate(loaded["train"][0]) == theorem


@pytest.mark.parametrize(
    ("rows", "split"), [((3, 0, 1), "test"), ((3, 1, 0), "validation"), ((2, 0, 0), "train")]
)
def test_the_card_shows_how_to_load_a_split_that_has_rows(rows: tuple[int, ...], split: str) -> None:
    splits = tuple(
        SplitCount(split=name, rows=n, seeds=n, conjectures=0, multi_step=None)
        for name, n in zip(SPLITS, rows, strict=True)
    )
    text = card(
        DatasetStats(
            library="x", revision="", commit="", licence="mit", engine="", core=True, seed=0, config_hash="",
            generators=(), context="raw", split_by="file", splits=splits, domains={}, levels={}, rules={},
            candidates=0, kept=0, rejected={}, funnel=(), held_out=0, leaking=0, leaking_proofs=0, twins=0,
            benchmarks={}, contaminating=0, rounds=0, stopped_early=False,
        )
    )  # fmt: skip
    assert f'load_dataset("parquet", data_files="data/{split}.parquet")' in text


def test_errors_name_the_cause(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="physprover data build"):
        load_theorems(tmp_path, "train")
    theorem = Theorem(name="a", statement="theorem a : True", split="train")
    write_dataset(tmp_path, [theorem], CARD)
    with pytest.raises(DataError, match="the split `test` is empty"):
        load_theorems(tmp_path, "test")
    with pytest.raises(DataError, match="no data set with a split `tset`; it has test, train, validation"):
        load_theorems(tmp_path, "tset")
    (tmp_path / "data" / "train.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError, match=r"train\.parquet"):
        load_theorems(tmp_path, "train")
    with pytest.raises(DataError, match="two theorems"):
        write_dataset(tmp_path, [theorem, theorem], CARD)
    with pytest.raises(DataError, match="no split"):
        write_dataset(tmp_path, [theorem.replace(split="")], CARD)
