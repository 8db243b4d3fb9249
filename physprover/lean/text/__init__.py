"""The one reader of Lean text, from a string, without Lean.

    tokens      comments, strings and character literals masked; identifiers; brackets
    commands    a text as its commands, each with the scope it stands in
    statements  one statement: where its proof begins, its name, its binders, its conclusion
    proofs      one proof body: how it joins its statement, whether it is finished
    headers     the text before a theorem: imports, the module system, scopes left open
    problems    the theorems of a text, and a problem written as one text

Every door (verify, prove, eval, data, serve, MCP) reads through these. What the text cannot show (a macro that makes a
declaration, a namespace that an `elab` opens) is Lean's to say.
"""
