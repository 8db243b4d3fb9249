"""What a proof is made of: its steps, its sketch, the techniques it uses. Text only; Lean is asked by those who use it.

    script = read_script("by\\n  induction n with\\n  | zero => rfl\\n  | succ n ih => simp [f, ih]")
    sketch_of(script).text     # the same with `sorry` in place of each leaf
    drops(script, header)      # the same proof without one argument, one step or one constant at a time
    found(script, header)      # induction n · unfold f · …

`data_gen.insight` labels a data set with them, `rl.warmstart.stages` trains on the labels, `rl.insight_reward` checks what a prover
announced against what it proved.
"""
