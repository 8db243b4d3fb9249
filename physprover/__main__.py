"""`python -m physprover`: the same as the `physprover` script."""

from physprover.app.commands import main

main()
