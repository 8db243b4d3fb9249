#!/usr/bin/env bash
# leanclient: whose child a node of a parsed info tree is (leanclient 0.13.2, a tree as Lean 4.28.0-pre prints it)
#
# Guess:     parse_info_tree gives the tree that Lean printed ("indentation-based hierarchy", "goal states for tactic nodes"): below a tactic
#            stands what it elaborated and nothing else, and its goals are under goals_before and goals_after.
# Behaviour: the number of spaces is taken for the depth, and Lean indents by two. A node goes below the last one printed before it unless
#            it is far enough out: the next tactic becomes a child of the one before, a whole proof a child of a name in its statement.
#            Premises or costs gathered below a tactic are those of all that follow too. Goals are looked for in nodes that begin with
#            Tactic; Lean now writes [Tactic] and no node has any. Nothing is raised. Halving the indentation, and the old spelling, give
#            both. The package's own example of the output is nested this way.
# Seen:      "16 nodes as printed: 6 below a wrong one, exact below evalSkip, goals at 0 of 6 tactics; indented by one space: 0 wrong, exact below
#            evalTacticSeq1Indented, goals at 0; and spelled Tactic: goals at 6"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --no-compile leanclient==0.13.2 orjson==3.13.0 psutil==7.2.2 tqdm==4.70.1 watchfiles==1.3.0
# What "#info_trees in" says about: theorem t : True := by [newline] skip [newline] exact True.intro
cat >tree.txt <<'LEAN'
• [Command] @ ⟨2, 0⟩-⟨4, 18⟩ @ Lean.Elab.Command.elabDeclaration
  • [Term] True : Prop @ ⟨2, 12⟩-⟨2, 16⟩ @ Lean.Elab.Term.elabIdent
    • [Completion-Id] True : some Sort.{?_uniq.1} @ ⟨2, 12⟩-⟨2, 16⟩
    • [Term] True : Prop @ ⟨2, 12⟩-⟨2, 16⟩
  • [CustomInfo(Lean.Elab.Term.BodyInfo)]
    • [Tactic] @ ⟨2, 20⟩-⟨4, 18⟩
      (Term.byTactic
       "by"
       (Tactic.tacticSeq (Tactic.tacticSeq1Indented [(Tactic.skip "skip") [] (Tactic.exact "exact" `True.intro)])))
      before
      ⊢ True
      after no goals
      • [Tactic] @ ⟨2, 20⟩-⟨2, 22⟩
        "by"
        before
        ⊢ True
        after no goals
        • [Tactic] @ ⟨3, 2⟩-⟨4, 18⟩ @ Lean.Elab.Tactic.evalTacticSeq
          (Tactic.tacticSeq (Tactic.tacticSeq1Indented [(Tactic.skip "skip") [] (Tactic.exact "exact" `True.intro)]))
          before
          ⊢ True
          after no goals
          • [Tactic] @ ⟨3, 2⟩-⟨4, 18⟩ @ Lean.Elab.Tactic.evalTacticSeq1Indented
            (Tactic.tacticSeq1Indented [(Tactic.skip "skip") [] (Tactic.exact "exact" `True.intro)])
            before
            ⊢ True
            after no goals
            • [Tactic] @ ⟨3, 2⟩-⟨3, 6⟩ @ Lean.Elab.Tactic.evalSkip
              (Tactic.skip "skip")
              before
              ⊢ True
              after
              ⊢ True
            • [Tactic] @ ⟨4, 2⟩-⟨4, 18⟩ @ Lean.Elab.Tactic.evalExact
              (Tactic.exact "exact" `True.intro)
              before
              ⊢ True
              after no goals
              • [Term] True.intro : True @ ⟨4, 8⟩-⟨4, 18⟩ @ Lean.Elab.Term.elabIdent
                • [Completion-Id] True.intro : some True @ ⟨4, 8⟩-⟨4, 18⟩
                • [Term] True.intro : True @ ⟨4, 8⟩-⟨4, 18⟩
  • [Term] t (isBinder := true) : True @ ⟨2, 8⟩-⟨2, 9⟩
  • [Term] t (isBinder := true) : True @ ⟨2, 8⟩-⟨2, 9⟩
LEAN
cat >nesting.py <<'PY'
import re

from leanclient.info_tree import parse_info_tree

printed = open("tree.txt", encoding="utf-8").read()
half = re.sub(r"(?m)^ +(?=• )", lambda blank: blank[0][::2], printed)


def walk(node, above=""):
    """Every node with the text of its parent, in the order of the lines."""
    yield node, above
    for child in node["children"]:
        yield from walk(child, node["text"])


def indented(text):
    """The parent of each node: the last line before it that is indented less."""
    open_nodes, parents = [], []
    for spaces, node in re.findall(r"(?m)^( *)• (.*)$", text):
        while open_nodes and open_nodes[-1][0] >= len(spaces):
            open_nodes.pop()
        parents.append(open_nodes[-1][1] if open_nodes else "")
        open_nodes.append((len(spaces), node))
    return parents


def read(text):
    """Each node's parent, the one of the tactic exact, the number of tactics and of those with goals."""
    nodes = list(walk(parse_info_tree(text)))
    tactics = [node for node, _ in nodes if re.match(r"\[?Tactic", node["text"])]
    (exact,) = [above for node, above in nodes if node["text"].endswith("evalExact")]
    return [above for _, above in nodes], exact.rpartition(".")[2], len(tactics), sum("goals_before" in node for node in tactics)


found, halved, old = read(printed), read(half), read(half.replace("[Tactic]", "Tactic"))
wrong = sum(one != other for one, other in zip(found[0], indented(printed)))
print(
    f"{len(found[0])} nodes as printed: {wrong} below a wrong one, exact below {found[1]}, goals at {found[3]} of {found[2]} tactics; indented by"
    f" one space: {sum(one != other for one, other in zip(halved[0], indented(printed)))} wrong, exact below {halved[1]}, goals at {halved[3]};"
    f" and spelled Tactic: goals at {old[3]}"
)
described = wrong > 0 and halved[0] == indented(printed) and (found[1], halved[1]) == ("evalSkip", "evalTacticSeq1Indented")
raise SystemExit(0 if described and found[2] == old[2] == old[3] > found[3] == halved[3] == 0 else "CHANGED")
PY
env/bin/python nesting.py
