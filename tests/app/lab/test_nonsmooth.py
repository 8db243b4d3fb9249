"""The study shows what it claims: the separation on both problems."""

from physprover.app.lab.nonsmooth import NonSmoothStudy
from physprover.config_file import read_settings
from physprover.resources import resolve


def test_sign_descent_fails_where_the_stochastic_sign_does_not():
    study = read_settings(resolve("configs/studies/nonsmooth.toml"), NonSmoothStudy)
    fewer = study.model_copy(update={"steps": 2000, "replicas": 32})
    records = {(r.problem, r.optimizer): r for r in fewer.run()}
    assert records["A", "SignSGD"].gap > 0.45  # the wrong end of the box is at 0.5
    assert records["A", "StoSignSGD"].gap < 0.25
    assert records["B", "SignSGD"].gap > 0.99
    assert records["B", "StoSignSGD"].gap < 0.1
    stochastic, plain = records["A, regret", "StoSignSGD"], records["A, regret", "SignSGD"]
    assert stochastic.regret < stochastic.bound
    assert plain.regret > 0.4 * 2000 * 0.25 * 2  # grows with T, not with its root
