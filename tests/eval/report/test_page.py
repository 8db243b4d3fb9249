"""The page of an evaluation: complete, self-contained, bounded in size, and clear about bad input."""

from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest

from eval.passk import pass_at_k, solved_within
from eval.report.data import EvaluationData, read_attempts
from eval.report.figures import pass_at_ks
from eval.report.pages import distinct, render_page, theorem_cards, write_page
from eval.results import EvalResult, read_result
from physprover.errors import DataError
from physprover.records import JudgedAttempt, Outcome, read_jsonl, write_jsonl
from tests.eval.report.html_check import assert_self_contained, assert_well_formed

MakeEvaluation = Callable[..., Path]
MakeResult = Callable[..., EvalResult]


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory, make_evaluation: MakeEvaluation) -> Path:
    return make_evaluation(tmp_path_factory.mktemp("eval"))


@pytest.fixture(scope="module")
def page(evaluation: Path) -> str:
    return write_page(evaluation).html.read_text(encoding="utf-8")


def test_page_is_one_well_formed_file_and_repeats_byte_for_byte(evaluation: Path, page: str) -> None:
    assert_self_contained(page)
    assert_well_formed(page)
    assert write_page(evaluation).html.read_text(encoding="utf-8") == page
    assert not list(evaluation.parent.glob("*.tmp"))


def test_page_says_what_was_measured(evaluation: Path, page: str) -> None:
    result = read_result(evaluation)
    assert result.unjudged > 1
    for text in (
        f"{result.unjudged} attempts could not be judged",
        "Synthetic.real",
        "needs Mathlib: real numbers",
        result.model,
        result.hashes["theorems"],
        result.hashes["attempts"],
        result.command,
        result.versions["engine"],
    ):
        assert escape(text) in page
    for group in (result.overall, *result.by_domain, *result.by_level):
        estimate = group.at(1)
        assert estimate is not None
        assert f"[{100 * estimate.low:.1f}, {100 * estimate.high:.1f}]" in page


def test_the_curve_has_every_k_and_its_interval(evaluation: Path, page: str) -> None:
    result = read_result(evaluation)
    points = pass_at_ks(result)
    assert [k for k, _ in points] == [1, 2, 3, 4]
    for k, estimate in points:
        rows = [t for t in result.theorems if t.n >= k]
        assert estimate.value == pytest.approx(sum(pass_at_k(t.n, t.correct, k) for t in rows) / len(rows))
        assert f"<title>pass@{k}: {100 * estimate.value:.1f}\u00a0% [" in page


def test_many_attempts_have_a_point_for_some_k_up_to_the_last(make_result: MakeResult) -> None:
    result = make_result("many", 0, 0.0)
    rows = tuple(t.replace(n=500, correct=t.correct * 50) for t in result.theorems)
    ks = [k for k, _ in pass_at_ks(result.replace(theorems=rows))]
    assert ks[:64] == list(range(1, 65))
    assert ks[-1] == 500
    assert len(ks) < 140


def test_the_token_curve_is_read_from_the_attempts(evaluation: Path, page: str) -> None:
    lengths = read_attempts(evaluation).lengths
    assert lengths is not None
    result = read_result(evaluation)
    assert [(len(one.proved), len(one.failed) + len(one.proved)) for one in lengths] == [
        (t.correct, t.n) for t in result.theorems if t.n
    ]
    most = max(one.total for one in lengths)
    value = sum(solved_within(one, [most])[0] for one in lengths) / len(lengths)
    assert f"<title>{most:,} tokens: {100 * value:.1f}\u00a0% [" in page


def test_every_attempt_is_there_once_with_its_verdict(evaluation: Path, page: str) -> None:
    judged = list(read_jsonl(evaluation.with_suffix(".attempts.jsonl"), JudgedAttempt))
    texts = {(j.attempt.theorem, j.attempt.proof, j.verdict.outcome) for j in judged}
    kinds = [outcome for _, _, outcome in texts]
    for outcome, name in ((Outcome.PROVED, "proved"), (Outcome.INFRASTRUCTURE, "not judged")):
        assert page.count(f'<i class="k-{outcome.value}"></i>{name}') == kinds.count(outcome) > 0
    assert page.count('<details class="one">') == len({j.attempt.theorem for j in judged})
    assert "To keep the page small" not in page


def test_a_large_evaluation_stays_below_five_megabytes(
    tmp_path: Path, make_evaluation: MakeEvaluation
) -> None:
    out = make_evaluation(tmp_path, theorems=120, samples=12, text=" /- " + "much < " * 550 + "-/")
    assert out.with_suffix(".attempts.jsonl").stat().st_size > 4_500_000
    page = write_page(out).html
    assert 1_000_000 < page.stat().st_size < 5_000_000
    text = page.read_text(encoding="utf-8")
    assert_well_formed(text)
    assert "To keep the page small, " in text
    assert "more distinct attempts in the attempts file" in text


@pytest.mark.parametrize("limit", [2_000, 6_000, 12_000])
def test_what_does_not_fit_is_said(evaluation: Path, limit: int) -> None:
    data = read_attempts(evaluation)
    cards, theorems = theorem_cards(data, limit), len(data.result.theorems)
    assert sum(card.size for card in cards) <= limit
    page = render_page(data, limit)
    assert_well_formed(page)
    assert page.count('<details class="one">') == len(cards)
    left_out = sum(card.left_out for card in cards)
    assert left_out or len(cards) < theorems
    assert f"To keep the page small, {left_out} distinct attempt" in page
    assert (f"{theorems - len(cards)} of {theorems} theorems are left out" in " ".join(page.split())) == (
        len(cards) < theorems
    )


def test_a_theorem_shows_its_first_attempts_up_to_its_part(evaluation: Path) -> None:
    data = read_attempts(evaluation)
    rows = sorted(data.result.theorems, key=lambda t: (t.domain, t.name))
    whole = theorem_cards(data, 10**9)
    assert [len(c.texts) for c in whole] == [len(distinct(data.attempts[t.name])) for t in rows]
    limit = 10_000
    for card, full in zip(theorem_cards(data, limit), whole, strict=False):
        shown = len(card.texts)
        assert card.texts == full.texts[:shown]
        assert card.left_out == len(full.texts) - shown
        assert shown == 1 or card.size <= limit // len(rows)
        if card.left_out:
            assert card.size + len(full.texts[shown].encode()) > limit // len(rows)


def test_attempts_without_tokens_and_without_proofs_say_so(
    tmp_path: Path, make_evaluation: MakeEvaluation
) -> None:
    page = render_page(read_attempts(make_evaluation(tmp_path, tokens=False)))
    assert "saved without their tokens" in page
    assert_well_formed(page)


def test_an_evaluation_without_any_verdict_still_has_a_page(evaluation: Path) -> None:
    data = read_attempts(evaluation)
    rows = tuple(
        t.replace(n=0, correct=0, unjudged=t.n + t.unjudged, outcomes={"infrastructure": t.n + t.unjudged})
        for t in data.result.theorems
    )
    none = data.result.overall.replace(
        solved=0, pass_at=[{"k": p.k, "estimate": None} for p in data.result.overall.pass_at]
    )
    result = data.result.replace(
        theorems=rows, overall=none, by_domain=(), by_level=(), outcomes={"infrastructure": 48}
    )
    page = render_page(EvaluationData(result, {}))
    assert_well_formed(page)
    assert "no attempt could be judged" in page


def test_one_k_is_one_column(tmp_path: Path, make_evaluation: MakeEvaluation) -> None:
    page = write_page(make_evaluation(tmp_path, samples=1)).html.read_text(encoding="utf-8")
    levels = page[page.index("By level") : page.index("By domain")]
    assert levels.count("pass@1, %</th>") == 1
    rows = levels[levels.index("<tbody>") : levels.index("</tbody>")]
    assert rows.count("<td") == 8 * rows.count("<tr") - rows.count("<tr")


def test_the_headline_is_of_the_smallest_k_asked_for(evaluation: Path, page: str) -> None:
    assert "theorems at the first attempt</h1>" in page
    data = read_attempts(evaluation)
    overall = data.result.overall.replace(pass_at=data.result.overall.pass_at[1:])
    later = render_page(EvaluationData(data.result.replace(overall=overall), data.attempts))
    assert "theorems within 4 attempts</h1>" in later


def test_model_text_cannot_break_the_page(tmp_path: Path, make_evaluation: MakeEvaluation) -> None:
    evil = "\n</pre></details><script>alert(1)</script> & \"'<img onerror=x>"
    out = make_evaluation(tmp_path, text=evil)
    result = read_result(out)
    rows = tuple(t.replace(statement=evil, informal=evil, name=t.name) for t in result.theorems)
    result.replace(theorems=rows, model=evil, label=evil, command=evil).write(out)
    page = write_page(out).html.read_text(encoding="utf-8")
    assert_well_formed(page)
    assert "<script" not in page
    assert "<img" not in page


def test_characters_that_turn_text_around_are_shown_as_codes(
    tmp_path: Path, make_evaluation: MakeEvaluation
) -> None:
    out = make_evaluation(tmp_path, text="by\n  /- \u202eevil\u202c -/ \u2066simp\u2069")
    result = read_result(out)
    result.replace(label="\u202alabel").write(out)
    pages = write_page(out)
    text = pages.html.read_text(encoding="utf-8")
    assert "[U+202E]evil[U+202C]" in text
    assert "[U+202A]label" in text
    assert not set("\u202a\u202c\u202e\u2066\u2069") & set(text + pages.markdown.read_text(encoding="utf-8"))
    assert_well_formed(text)


def test_one_k_has_one_column(evaluation: Path, page: str) -> None:
    data = read_attempts(evaluation)
    settings = data.result.settings.replace(ks=(1,))
    single = render_page(EvaluationData(data.result.replace(settings=settings), data.attempts))
    head = '<th class="num">pass@1, %</th>'
    assert page.count(head) == single.count(head) == 2  # by level and by domain
    assert page.count('<th class="num">pass@') == 4
    assert single.count('<th class="num">pass@') == 2
    assert_well_formed(single)


# -- bad input --


def test_attempts_that_are_missing_or_others_are_refused(
    tmp_path: Path, make_evaluation: MakeEvaluation
) -> None:
    out = make_evaluation(tmp_path)
    attempts = out.with_suffix(".attempts.jsonl")
    judged = list(read_jsonl(attempts, JudgedAttempt))
    write_jsonl(attempts, judged[1:])
    with pytest.raises(DataError, match="sha256 differs"):
        write_page(out)
    attempts.unlink()
    with pytest.raises(DataError, match=r"attempts\.jsonl: not there"):
        write_page(out)
    assert not out.with_suffix(".html").exists()


SEARCH = (
    '{"theorem":"t","policy":"value","seed":0,"total":{},"spent":{},"proof":null,"steps":[],"outcomes":{}}\n'
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"label": ', "not an evaluation result: file: Invalid JSON"),
        ("[]", "not an evaluation result"),
        ('{"label": "x"}', "not an evaluation result: overall: Field required"),
        (SEARCH + SEARCH, "a search"),
        ('{"attempt": {}, "verdict": {}}\n', "name the evaluation's .json"),
        (None, "no such evaluation"),
    ],
)
def test_a_file_that_is_no_evaluation_is_told_in_one_line(
    tmp_path: Path, text: str | None, message: str
) -> None:
    file = tmp_path / "x.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(DataError) as caught:
        write_page(file)
    assert message in str(caught.value)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_damaged_portfolio_is_named_on_the_page(tmp_path: Path, make_evaluation: MakeEvaluation) -> None:
    out = make_evaluation(tmp_path)
    (tmp_path / "portfolio-test.json").write_text("{}")
    page = write_page(out).html.read_text(encoding="utf-8")
    assert "Could not be read" in page
    assert "portfolio-test.json" in page
