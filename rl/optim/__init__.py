"""Sign-based optimizers: StoSignSGD, its relatives, and the studies and benchmark that measure them."""

from rl.optim.errors import NonFiniteGradientError, OptimizerError
from rl.optim.stosign import StepReport, StoSignSGD

__all__ = ["NonFiniteGradientError", "OptimizerError", "StepReport", "StoSignSGD"]
