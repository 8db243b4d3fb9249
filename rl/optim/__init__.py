"""Sign-based optimizers: StoSignSGD, its relatives, and the studies and benchmark that measure them."""

from rl.optim.baselines import Muon, Signum, lion, sign_sgd
from rl.optim.settings import NonFiniteGradientError, OptimizerError
from rl.optim.signed import Signed, signed
from rl.optim.stosign import StepReport, StoSignSGD

__all__ = [
    "Muon",
    "NonFiniteGradientError",
    "OptimizerError",
    "Signed",
    "Signum",
    "StepReport",
    "StoSignSGD",
    "lion",
    "sign_sgd",
    "signed",
]
