from __future__ import annotations

import io
import re
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from physprover.app import display
from physprover.app.display import Display, count_text, duration, figures_text, say, time_left


def plain() -> tuple[Display, io.StringIO]:
    out = io.StringIO()
    return Display(Console(file=out, width=80, force_terminal=False)), out


def test_piped_output_is_plain_and_whole() -> None:
    shown, out = plain()
    with shown.stage("train", 3) as stage:
        for _ in range(3):
            stage.advance(reward=0.25, proofs_per_s=12.34)
        stage.note("a note \x1b[1m" + "x" * 100)
    lines = out.getvalue().splitlines()
    assert len(lines) == 2
    assert lines[0] == "a note \\x1b[1m" + "x" * 100
    assert re.fullmatch(r"✓ train +3/3 +0\.\d s  reward 0\.25 · proofs/s 12\.3", lines[1])
    assert "\x1b" not in out.getvalue()


def test_piped_output_reports_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "PLAIN_SECONDS", 0.0)
    shown, out = plain()
    with shown.stage("sample", 4) as stage:
        stage.advance(1, solved=1)
        stage.advance(1, solved=1)
    first, second = out.getvalue().splitlines()[:2]
    assert "1/4" in first
    assert "left" not in first  # one report tells no pace
    assert "2/4" in second
    assert "left" in second


def test_what_comes_before_the_first_unit_is_not_counted_in_the_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "PLAIN_SECONDS", 0.0)
    clock = [0.0]
    monkeypatch.setattr(display, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    shown, out = plain()
    with shown.stage("RL", 12) as stage:
        for now, units in ((600.0, 1), (610.0, 1), (630.0, 2), (630.0, 0)):
            clock[0] = now
            stage.advance(units)
    lines = out.getvalue().splitlines()
    assert "left" not in lines[0]
    assert [line.split("  ")[-1] for line in lines[1:4]] == [
        "1 min 40 left",
        "1 min 20 left",
        "1 min 20 left",
    ]


@pytest.mark.parametrize(("error", "mark"), [(ValueError, "✗"), (KeyboardInterrupt, "■")])
def test_failure_is_shown_and_passed_on(error: type[BaseException], mark: str) -> None:
    shown, out = plain()
    with pytest.raises(error), shown.stage("judge"):
        raise error
    assert out.getvalue().startswith(f"{mark} judge")


def test_a_stage_without_what_it_was_for_has_no_tick() -> None:
    shown, out = plain()
    with shown.stage("prove t") as stage:
        stage.advance()
        stage.failed()
    assert out.getvalue().startswith("✗ prove t")


def test_terminal_lines_fit_eighty_columns() -> None:
    out = io.StringIO()
    shown = Display(Console(file=out, width=80, force_terminal=True, color_system=None, legacy_windows=False))
    with shown.stage("evaluate validation", 1000) as outer, shown.stage("inner") as inner:
        outer.advance(10, reward=0.3, proofs_per_s=123.4, solved=37, cached=12345, something_long=1.23456)
        inner.advance(3)
    visible = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", out.getvalue())
    assert max(len(line) for line in re.split(r"[\r\n]+", visible)) <= 80
    assert "✓ evaluate validation" in visible


def terminal() -> tuple[Console, io.StringIO]:
    out = io.StringIO()
    return Console(file=out, width=80, force_terminal=True, color_system=None, legacy_windows=False), out


def test_a_long_text_is_wrapped_in_a_terminal_and_whole_where_it_is_piped() -> None:
    text = "seed left out: [a, b] " + "several words " * 12 + "the end"
    console, out = terminal()
    say(text, console)
    Display(console).note(text)
    lines = out.getvalue().split("\n")
    assert max(map(len, lines)) <= 80
    assert " ".join(out.getvalue().split()) == f"{text} {text}"
    piped = io.StringIO()
    say(text, Console(file=piped, width=80))
    assert piped.getvalue() == f"{text}\n"


@given(st.floats(0, 1e6))
def test_duration_is_short(seconds: float) -> None:
    assert 1 <= len(duration(seconds)) <= 9


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (9.96, "10.0 s"), (59.4, "59 s"), (59.6, "1 min 00"), (3600, "1 h 00")],
)
def test_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_small_texts() -> None:
    assert (count_text(3, None), count_text(0, None), count_text(0, 5)) == ("3", "", "0/5")
    assert time_left(1, 61, 10.0) == "10 min 00"  # as `duration` says it
    assert time_left(0, 5, 1.0) == time_left(5, 5, 1.0) == time_left(3, None, 1.0) == ""
    assert (
        figures_text({"a_per_s": 3, "gone": "", "share": 0.12345, "best": "grind"})
        == "a/s 3 · share 0.123 · best grind"
    )
