"""The second kernel: a type checker of our own for Lean's type theory, in a process without Lean. See docs/kernel.md."""

from physprover.lean.kernel.process import Answer, SecondKernel

__all__ = ["Answer", "SecondKernel"]
