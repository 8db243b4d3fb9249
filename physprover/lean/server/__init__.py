"""`physprover serve`: the HTTP API of the Kimina Lean Server in front of the embedded engine and its judge.

snippets.py   files in, REPL messages out: workers, judge, deadlines     api.py       the routes and their bodies
guard.py      token, host and size of a request, before it is read       metrics.py   counters in Prometheus' text format

What differs from the original: a file whose theorems rest on an axiom of its own, on `sorry`, or on a constant that the
kernel does not accept when another process replays it, gets an *error* message and so is not valid to any client; each
file starts from a clean environment; the deadline, the memory limit and the queue are enforced from outside.
"""
