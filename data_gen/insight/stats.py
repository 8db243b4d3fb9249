"""What labelling did, and what asking Lean again found."""

from __future__ import annotations

from physprover.records import Record


class WordingStats(Record):
    """What asking a language model for the idea of each proof gave."""

    model: str
    written: int  # records with a wording
    problems: dict[str, int]  # why the others have none -> records
    tokens: int  # written by the model, those of useless answers too


class InsightStats(Record):
    """What a build of insight records did."""

    proofs: int
    complete: int
    by_split: dict[str, int]  # complete records
    missing: dict[str, int]  # stage -> theorems
    techniques: dict[str, int]  # name -> records that list it
    trivial_sketches: int  # proofs of a single step: their sketch is a bare hole
    shortened: int  # proofs that held something they do not need
    undecided: int  # labels Lean did not settle in time, left out
    checks: int  # asked of Lean in this process
    reused: int
    engine: str
    seconds: float  # of labelling in this process, Lean's start included
    wording: WordingStats | None = None  # None: no model was asked

    @property
    def coverage(self) -> float:
        """Share of proofs with a complete record."""
        return self.complete / max(1, self.proofs)


class Recheck(Record):
    """What asking again found wrong."""

    records: int
    proofs: tuple[str, ...] = ()  # records whose minimised proof Lean refuses
    sketches: tuple[str, ...] = ()  # … whose sketch does not elaborate
    labels: tuple[str, ...] = ()  # "name: constant" that the proof does without
    unsettled: int = 0  # questions Lean did not answer in time

    @property
    def clean(self) -> bool:
        return not (self.proofs or self.sketches or self.labels)

    def plus(self, other: Recheck) -> Recheck:
        """Both together."""
        return Recheck(
            records=self.records + other.records,
            proofs=self.proofs + other.proofs,
            sketches=self.sketches + other.sketches,
            labels=self.labels + other.labels,
            unsettled=self.unsettled + other.unsettled,
        )
