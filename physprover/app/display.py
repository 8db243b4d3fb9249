"""Progress in the terminal: a live line per running stage, one lasting line per finished one; plain lines when piped.

    display = Display()
    with display.stage("train", 40) as stage:
        stage.advance(reward=0.31, proofs_per_s=12.4)

Everything goes to stderr, so that stdout stays a command's result. 80 columns are enough.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TaskID, TextColumn
from rich.text import Text

from physprover.errors import visible
from physprover.progress import Figure
from physprover.progress import Stage as StageProtocol

PLAIN_SECONDS = 15.0  # how often a stage reports when there is no terminal
NAME_WIDTH = 16


class Display:
    """Implements `physprover.progress.Progress`. Stages may nest or overlap."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True, highlight=False)
        self._bars: Progress | None = None
        self._open = 0
        self._lock = threading.Lock()

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[StageProtocol]:
        """Show one stage while the block runs; its lasting line tells how it ended."""
        stage: _Stage = (
            _LiveStage(self, name, total) if self.console.is_terminal else _PlainStage(self, name, total)
        )
        mark, style = "✓", "green"
        try:
            yield stage
            if stage.missed:
                mark, style = "✗", "red"
        except KeyboardInterrupt:
            mark, style = "■", "yellow"
            raise
        except BaseException:
            mark, style = "✗", "red"
            raise
        finally:
            stage.close()
            self._print(Text.assemble((f"{mark} ", style), stage.summary()))

    def note(self, text: str) -> None:
        """Print a remark above the running stages, as many lines as it takes."""
        say(Text(visible(text), style="dim"), self.console)

    def _print(self, line: Text) -> None:
        if self.console.is_terminal:
            self.console.print(line, no_wrap=True, overflow="ellipsis")
        else:  # a log keeps everything, whatever width it claims
            self.console.print(line, soft_wrap=True)

    def _acquire(self) -> Progress:
        with self._lock:
            self._open += 1
            if self._bars is None:
                self._bars = Progress(
                    SpinnerColumn(style="cyan"),
                    TextColumn(f"{{task.description:<{NAME_WIDTH}}}", style="bold"),
                    BarColumn(bar_width=10),
                    _CountColumn(),
                    _TimeColumn(),
                    _FiguresColumn(),
                    console=self.console,
                    refresh_per_second=5,
                    transient=True,
                )
                self._bars.start()
            return self._bars

    def _release(self, task: TaskID) -> None:
        with self._lock:
            self._open -= 1
            if self._bars is not None:
                self._bars.remove_task(task)
                if not self._open:
                    self._bars.stop()
                    self._bars = None


def say(text: str | Text, console: Console | None = None) -> None:
    """Print a text, to stdout by default: wrapped between words in a terminal, its lines as they are where it is piped."""
    console = console or Console(highlight=False)
    console.print(Text(text) if isinstance(text, str) else text, soft_wrap=not console.is_terminal)


class _Stage:
    def __init__(self, display: Display, name: str, total: int | None) -> None:
        self.display, self.name, self.total = display, name, total
        self.done = 0
        self.missed = False
        self.figures: dict[str, Figure] = {}
        self.began = time.monotonic()
        self._first: tuple[int, float] | None = None  # units done at the first report of any, and when

    def advance(self, count: int = 1, **figures: Figure) -> None:
        self.done += count
        if self.done and self._first is None:
            self._first = (self.done, time.monotonic())
        self.figures.update(figures)
        self.show()

    def left(self) -> str:
        """The estimated time left, from the pace behind the first units alone: what comes before them is set-up too, or, after
        a restart, was done before. "" until there are more."""
        done, since = self._first or (0, self.began)
        total = None if self.total is None else self.total - done
        return time_left(self.done - done, total, time.monotonic() - since)

    def note(self, text: str) -> None:
        self.display.note(text)

    def failed(self) -> None:
        self.missed = True

    def show(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    def summary(self) -> str:
        """The stage in one line: name, count, seconds, figures."""
        seconds = time.monotonic() - self.began
        parts = [
            f"{self.name:<{NAME_WIDTH}}",
            f"{count_text(self.done, self.total):>9}",
            f"{duration(seconds):>8}",
        ]
        return "  ".join([*parts, figures_text(self.figures)]).rstrip()


class _LiveStage(_Stage):
    def __init__(self, display: Display, name: str, total: int | None) -> None:
        super().__init__(display, name, total)
        self._bars = display._acquire()
        self._task = self._bars.add_task(name, total=total, figures="", left=self.left)

    def show(self) -> None:
        self._bars.update(self._task, completed=self.done, figures=figures_text(self.figures))

    def close(self) -> None:
        self.display._release(self._task)


class _PlainStage(_Stage):
    def __init__(self, display: Display, name: str, total: int | None) -> None:
        super().__init__(display, name, total)
        self._shown = self.began

    def show(self) -> None:
        now = time.monotonic()
        if now - self._shown >= PLAIN_SECONDS:
            self._shown = now
            left = self.left()
            self.display._print(Text(f"  {self.summary()}{f'  {left} left' if left else ''}"))

    def close(self) -> None:
        pass


class _CountColumn(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(count_text(int(task.completed), None if task.total is None else int(task.total)).rjust(7))


class _TimeColumn(ProgressColumn):
    def render(self, task: Task) -> Text:
        left = task.fields["left"]()
        return Text((f"{left} left" if left else duration(task.elapsed or 0.0)).rjust(14), style="cyan")


class _FiguresColumn(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(str(task.fields["figures"]), no_wrap=True, overflow="ellipsis", style="green")


def count_text(done: int, total: int | None) -> str:
    """`done/total`, or what there is of it."""
    return f"{done}/{total}" if total is not None else str(done or "")


def duration(seconds: float) -> str:
    """Seconds as a person says them: 4 s, 2 min 05, 1 h 12."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d}"
    return f"{whole // 3600} h {whole % 3600 // 60:02d}"


def time_left(done: int, total: int | None, elapsed: float) -> str:
    """Estimate from the mean pace so far; "" while nothing can be said."""
    if total is None or done <= 0 or done >= total:
        return ""
    return duration(elapsed / done * (total - done))


def figures_text(figures: dict[str, Figure]) -> str:
    """`reward 0.31 · proofs/s 12.4`; what is "" is left out."""
    return " · ".join(
        f"{name.replace('_per_', '/').replace('_', ' ')} {_figure(value)}"
        for name, value in figures.items()
        if value != ""
    )


def _figure(value: Figure) -> str:
    if isinstance(value, float):
        return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"
    return str(value)
