mutual
def isEven : Nat → Bool
  | 0 => true
  | n + 1 => isOdd n
def isOdd : Nat → Bool
  | 0 => false
  | n + 1 => isEven n
end

theorem isEven_zero : isEven 0 = true := by simp [isEven]

theorem not_both : ∀ n, isEven n = !isOdd n
  | 0 => by simp [isEven, isOdd]
  | n + 1 => by simp [isEven, isOdd, not_both n]

-- proved: isEven_zero, not_both
