"""reward-doctor's replies to "what is 6 times 7", given to the judge of proofs in three ways.

    reward-doctor audit integrations/auditors/rewards.py:around_a_proof --fail-on any

`around_a_proof` puts a reply that reward-doctor wants accepted around a proof of the theorem, one that it wants refused around a
proof of nothing: the words around a block must not change its verdict. `as_it_is` and `as_a_proof` must refuse every reply, the right
ones too, since prose is no proof; of their two rates only the false positives mean something.
"""

from __future__ import annotations

from reward_doctor import corpus

from physprover.client import Check, default_judge

STATEMENT = "theorem answer : 6 * 7 = 42"
RIGHT, WRONG = "by decide", "by exact False.elim (by decide)"


def _reward(answer: str) -> float:
    [verdict] = default_judge().judge_many([Check(STATEMENT, answer=answer)])
    return verdict.require_reward()


def _block(proof: str) -> str:
    return f"```lean4\n{STATEMENT} := {proof}\n```"


def as_it_is(completion: str, reference: str) -> float:
    """The reply alone."""
    return _reward(completion)


def as_a_proof(completion: str, reference: str) -> float:
    """The reply where the proof belongs."""
    return _reward(_block(completion))


def around_a_proof(completion: str, reference: str) -> float:
    """The reply before and behind a block with a proof, or with none where the reply is to be refused."""
    wanted = {case.completion: case.expect for case in [*corpus.load(), *corpus.contested()]}
    proof = RIGHT if wanted.get(completion) else WRONG
    return _reward(f"{completion}\n\n{_block(proof)}\n\n{completion}")
