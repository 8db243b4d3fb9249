structure R where
  lemma : Nat
  instance_ : Nat
  «class» : Nat
def R.end_ (r : R) := r.lemma
def lemma : Nat := 1
theorem a : lemma = 1 := rfl
theorem b (r : R) : r.end_ = r.lemma := rfl
theorem c (r : R) : r.«class» = r.class := rfl
theorem e (section_ : Nat) : section_ = section_ :=
  have includes := section_
  rfl
theorem i (prefixes recall : Nat) : prefixes + recall = recall + prefixes := Nat.add_comm
  prefixes
  recall

-- proved: a, b, c, e, i
