"""`physprover serve`: the judge over HTTP.

snippets.py   workers for pinned statements and whole files    api.py       the routes, their bodies, the queue
guard.py      token, host and size, before a body is read; counters in Prometheus' text format
sharing.py    equal questions of several clients are one

/api/judge takes a statement, a header and a proof, and answers the verdict of `physprover verify`
(physprover/client/ asks it). The other routes are the Kimina Lean Server's, which take whole files. What differs from the
original: a file whose theorems rest on an axiom of its own, on `sorry`, or on a constant that the kernel does not accept
when another process replays it, gets an *error* message and so is not valid to any client; each file starts from a clean
environment; the deadline, the memory limit and the queue are enforced from outside.
"""
