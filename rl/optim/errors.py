"""What can go wrong in an optimizer step, named before any state is touched."""

from physprover.errors import PhysProverError


class OptimizerError(PhysProverError, ValueError):
    """A setting, gradient or checkpoint that the optimizer refuses; also a ValueError, as torch users expect."""


class NonFiniteGradientError(OptimizerError):
    """A gradient holds NaN or inf. Nothing was changed; a never-decaying maximum would have kept the poison."""


class CommunicationError(OptimizerError):
    """A gradient exchange was asked for something it cannot do."""
