"""`python -m physprover`: the same as the `physprover` script."""

from physprover.cli import main

main()
