theorem a : '\'' = '\'' := rfl
theorem b : '"' ≠ '\\' := by decide
theorem c (h' : 'a' = 'a') (h'' : '(' = '(') : '\x41' = 'A' ∧ '\u03b1' = 'α' := ⟨rfl, rfl⟩
theorem d' : (fun x' : Char => x') '{' = '{' := rfl
theorem e'' : ['[', '⟨', '-', '/', '\n', '\t'].length = 6 := rfl
theorem f : "'".length = 1 ∧ '\r' ≠ '"' := by decide
theorem g : ':' ≠ '=' ∧ ('=' : Char) ≠ '\"' := by decide

-- proved: a, b, c, d', e'', f, g
