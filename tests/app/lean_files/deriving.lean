inductive C
  | red
  | green
deriving Repr, BEq

deriving instance DecidableEq for C

theorem ne : C.red ≠ C.green := by decide

structure S where
  x : Nat
  deriving DecidableEq, Inhabited

theorem dec : (⟨1⟩ : S) ≠ ⟨2⟩ := by decide

deriving instance Repr, BEq for S
theorem last : True := trivial

-- proved: ne, dec, last
