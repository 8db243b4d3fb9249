"""Counters of the server in Prometheus' text format. Touched from the event loop only, so without locks."""

from __future__ import annotations

from collections import Counter

_BUCKETS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)


class Metrics:
    """What the server has done since it started."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.open = 0  # snippets accepted and not yet answered
        self.snippets: Counter[str] = Counter()
        self.requests: Counter[int] = Counter()
        self.disagreements = 0  # files and proofs that Lean's kernel accepts and the second kernel refuses
        self._seconds = 0.0
        self._at_most: Counter[float] = Counter()
        self._timed = 0

    def count(self, label: str, seconds: float) -> None:
        """One file or proof has been answered: what became of it, and its seconds of Lean."""
        self.snippets[label] += 1
        self._seconds += seconds
        self._timed += 1
        for bound in _BUCKETS:
            self._at_most[bound] += seconds <= bound

    def text(self) -> str:
        """The page that Prometheus reads."""
        lines = [
            *_head(
                "physprover_snippets_total", "counter", "Files and proofs answered, by what became of them."
            )
        ]
        lines += [f'physprover_snippets_total{{outcome="{k}"}} {n}' for k, n in sorted(self.snippets.items())]
        name = "physprover_kernel_disagreements_total"
        lines += _head(name, "counter", "Files and proofs that only one of the two kernels accepts.")
        lines += [f"{name} {self.disagreements}"]
        lines += _head("physprover_requests_total", "counter", "HTTP answers, by status.")
        lines += [f'physprover_requests_total{{status="{k}"}} {n}' for k, n in sorted(self.requests.items())]
        lines += _head("physprover_open_snippets", "gauge", "Files and proofs accepted and not yet answered.")
        lines += [f"physprover_open_snippets {self.open}"]
        lines += _head("physprover_workers", "gauge", "Lean processes.")
        lines += [f"physprover_workers {self.workers}"]
        name = "physprover_snippet_seconds"
        lines += _head(name, "histogram", "Seconds of Lean for one of them, waiting not counted.")
        lines += [f'{name}_bucket{{le="{bound}"}} {self._at_most[bound]}' for bound in _BUCKETS]
        lines += [f'{name}_bucket{{le="+Inf"}} {self._timed}']
        lines += [f"{name}_sum {self._seconds:.6f}", f"{name}_count {self._timed}"]
        return "\n".join(lines) + "\n"


def _head(name: str, kind: str, text: str) -> list[str]:
    return [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
