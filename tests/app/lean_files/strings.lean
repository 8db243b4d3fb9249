theorem a : "theorem b : 1 = 2 := rfl" = "theorem b : 1 = 2 := rfl" := rfl
theorem b : r"\" = "\\" := rfl
theorem c : r#"a "quoted" := by \"# = "a \"quoted\" := by \\" := rfl
theorem d : s!"{"in}ner"} := " = "in}ner" ++ " := " := by decide
theorem e : "a\
    b" = "ab" := rfl
theorem f : "/- not a comment" ≠ "-- neither" := by decide
theorem g : "multi
theorem no : 1 = 1 := rfl
line".length = 36 := rfl
theorem h : r##"x "# y"##.length = 6 := rfl
def msg (x : Nat) : String := s!"x = {x}, \{braces} {if x = 1 then "one" else "many"}"
theorem i : "{".length = 1 ∧ "\"".length = 1 := ⟨rfl, rfl⟩

-- proved: a, b, c, d, e, f, g, h, i
