"""Reading a proof: the tree it was written from comes back, and no text makes it fail."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from physprover.insight.script import Block, Script, read_script
from tests.insight.proofs import Made, blocks, proof_of


def heads(block: Block) -> tuple[object, ...]:
    found: list[object] = []
    for step in block.steps:
        if step.parts:
            found += ["<;>", *(part.head for part in step.parts)]
        else:
            found += [step.head, *(heads(inner) for inner in step.blocks)]
    return tuple(found)


def texts(script: Script) -> list[str]:
    return [script.text[step.start : step.end] for step in script.root.steps]


@given(blocks)
@settings(max_examples=150)
def test_the_tree_comes_back(made: Made) -> None:
    assert heads(read_script(proof_of(made)).root) == made.heads


@given(blocks)
@settings(max_examples=60)
def test_steps_lie_in_order_inside_their_parents(made: Made) -> None:
    script = read_script(proof_of(made))
    for step in script.walk():
        assert 0 <= step.start < step.end <= len(script.text)
        inner = [s for block in step.blocks for s in block.steps] + list(step.parts)
        assert all(step.start <= s.start and s.end <= step.end for s in inner)
        assert all(a.end <= b.start for a, b in pairwise(inner))


PIECES = [
    "by",
    "·",
    "|",
    "=>",
    "with",
    "<;>",
    ";",
    "(",
    ")",
    "⟨",
    "⟩",
    "[",
    "]",
    "induction n",
    "have h :",
    ":=",
    ",",
]


@given(
    st.lists(
        st.one_of(
            st.sampled_from([*PIECES, "\n", "\n  ", "sorry", "rfl", '"', "/-", "--"]), st.text(max_size=3)
        )
    )
)
@settings(max_examples=300)
def test_no_text_makes_it_fail(pieces: list[str]) -> None:
    script = read_script(" ".join(pieces))
    assert all(step.start < step.end for step in script.walk())


def test_degenerate_nesting_is_opaque_from_some_depth_on() -> None:
    assert len(list(read_script("by " + "have h : a := by " * 3000 + "rfl").walk())) < 100


def test_a_semicolon_belongs_to_the_block_it_stands_in() -> None:
    script = read_script("by\n  have h : a = b := by simp; omega\n  cases a; cases b\n  exact h")
    assert texts(script) == ["have h : a = b := by simp; omega", "cases a", "cases b", "exact h"]
    assert heads(script.root) == ("have", ("simp", "omega"), "cases", "cases", "exact")


def test_calc_steps_and_comments() -> None:
    script = read_script(
        "by\n  -- a remark\n  calc a\n      = b := by grind [s] /- twice -/\n    _ = c := by rw [h]; rfl\n  omega"
    )
    assert heads(script.root) == ("calc", ("grind",), ("rw", "rfl"), "omega")


def test_a_bare_term_is_an_exact() -> None:
    assert read_script("foo (by omega) b").text == "by\n  exact foo (by omega) b"
    assert heads(read_script("foo (by omega) b").root) == ("exact", ("omega",))


def test_a_string_hides_what_it_holds() -> None:
    assert texts(read_script('by\n  fail "; by ·"\n  rfl')) == ['fail "; by ·"', "rfl"]


def test_comments_and_strings_are_read_as_lean_reads_them() -> None:
    nested = read_script("by\n  simp /- a /- b -/ c -/\n  exact foo")
    assert texts(nested) == ["simp", "exact foo"]
    dashes = read_script('by\n  exact f "a -- b; c"\n  simp')
    assert texts(dashes) == ['exact f "a -- b; c"', "simp"]
    assert texts(read_script("by\n  simp /- never closed")) == ["simp /- never closed"]
