#!/usr/bin/env bash
# lean_interact.interface: the order in which an info tree is walked (lean-interact 0.11.6)
#
# Guess:     InfoTree.dfs_walk() is the usual depth-first walk: a node, then its children as the REPL lists them, which is the order of the
#            proof; leaves() gives a proof's tactics from the first to the last.
# Behaviour: the children are pushed in front one by one, so the last child comes first: leaves() and the tactics of dfs_walk() are the
#            proof backwards, within parents that still come before their children. Pairs of goal and tactic stay right one by one;
#            a trace made of them, or a "next tactic given those before", is learned from the end. commands() and theorems() of one
#            tree have the same order. No message. Sorting by the start of the syntax puts it right.
# Seen:      "proof: constructor, exact hp, exact hq; leaves(): exact hq, exact hp, constructor; whole walk: by, exact hq, exact hp,
#            constructor; goals before each leaf: 1 2 1; sorted by position right: True"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q lean-interact==0.11.6
cat >walk.py <<'PY'
from lean_interact.interface import InfoTree

PROOF = ["constructor", "exact hp", "exact hq"]
GOALS = [["⊢ p ∧ q"], ["⊢ p", "⊢ q"], ["⊢ q"], []]


def tactic(text, line, before, after, children=()):
    """A node as the Lean REPL writes it."""
    start = {"line": line, "column": 2}
    place = {"synthetic": False, "start": start, "finish": {"line": line, "column": 2 + len(text)}}
    syntax = {"pp": text, "range": place, "kind": "Lean.Parser.Tactic.tactic", "argKinds": []}
    node = {"name": None, "stx": syntax, "goalsBefore": before, "goalsAfter": after}
    return {"kind": "TacticInfo", "node": node, "children": list(children)}


steps = [tactic(text, place + 2, GOALS[place], GOALS[place + 1]) for place, text in enumerate(PROOF)]
tree = InfoTree.model_validate(tactic("by", 1, GOALS[0], GOALS[-1], steps))


def texts(nodes):
    return [found.node.stx.pp for found in nodes]


leaves, walk = list(tree.leaves()), texts(tree.dfs_walk())
ordered = sorted(leaves, key=lambda leaf: (leaf.node.stx.range.start.line, leaf.node.stx.range.start.column))
goals = " ".join(str(len(leaf.node.goals_before)) for leaf in leaves)
right = texts(ordered) == PROOF
print(
    f"proof: {', '.join(PROOF)}; leaves(): {', '.join(texts(leaves))}; whole walk: {', '.join(walk)}; "
    f"goals before each leaf: {goals}; sorted by position right: {right}"
)
raise SystemExit(0 if texts(leaves) == PROOF[::-1] and walk == ["by", *PROOF[::-1]] and right else "CHANGED")
PY
env/bin/python walk.py
