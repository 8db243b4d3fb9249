"""Files that survive a kill."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from physprover.errors import RunError
from physprover.files import append, locked, read_journal, repair, replacing, write_text
from physprover.records import Source

HOLD = """
import sys
from pathlib import Path
from physprover.files import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_an_error_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "a.txt"
    write_text(file, "old")

    def half() -> None:
        with replacing(file) as temporary:
            temporary.write_text("half")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        half()
    assert file.read_text() == "old"
    write_text(file, "new")
    assert file.read_text() == "new"
    assert [p.name for p in file.parent.iterdir()] == ["a.txt"]


@given(st.integers(0, 5), st.text("ab\u20ac", max_size=8))
def test_a_half_line_goes_and_whole_ones_stay(
    tmp_path_factory: pytest.TempPathFactory, count: int, rest: str
) -> None:
    file = tmp_path_factory.mktemp("j") / "j.jsonl"
    rows = [Source(file="f", line=i) for i in range(count)]
    append(file, *rows)
    with file.open("ab") as out:
        out.write(rest.encode()[:-1])  # also in the middle of a character
    assert read_journal(file, Source) == rows
    assert read_journal(file, Source) == rows


def test_no_journal_is_an_empty_one(tmp_path: Path) -> None:
    repair(tmp_path / "none.jsonl")
    assert read_journal(tmp_path / "none.jsonl", Source) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="NOT TESTED: this system has no /dev/full")
def test_a_full_disk_is_named_in_one_line() -> None:
    with pytest.raises(RunError, match="/dev/full: No space left on device; free some space"):
        append(Path("/dev/full"), *[Source()] * 1000)


def test_a_folder_has_one_owner(tmp_path: Path) -> None:
    with locked(tmp_path), locked(tmp_path):  # the same process may
        pass
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(RunError, match="another process"), locked(tmp_path):
            pass
        other.communicate()
    with locked(tmp_path):
        pass
