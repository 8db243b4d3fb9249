namespace Warm

/-! What a new worker is made fast with (`machine_code.py`): structures, functions and facts as a physics library has them. -/
structure Point where
  x : Int
  y : Int
  deriving DecidableEq, Repr

inductive Gate where
  | off
  | on
  | both (a b : Gate)

def add (p q : Point) : Point := ⟨p.x + q.x, p.y + q.y⟩

def scale (k : Int) (p : Point) : Point := ⟨k * p.x, k * p.y⟩

def dot (p q : Point) : Int := p.x * q.x + p.y * q.y

def flip : Gate → Gate
  | .off => .on
  | .on => .off
  | .both a b => .both (flip a) (flip b)

def total : List Nat → Nat
  | [] => 0
  | n :: ns => n + total ns

def count : Nat → Nat
  | 0 => 0
  | n + 1 => count n + 2

theorem add_comm' (p q : Point) : add p q = add q p := by simp [add, Int.add_comm]

theorem dot_add (p q r : Point) : dot (add p q) r = dot p r + dot q r := by simp only [dot, add]; grind

instance : Add Point := ⟨add⟩

class Measured (α : Type) where
  size : α → Nat

instance : Measured Gate := ⟨fun | .off => 0 | .on => 1 | .both _ _ => 2⟩

-- Attempts: right ones and, as in a run, many wrong ones. Each stands alone, after the header above.

theorem t (a b c : Nat) (h : a < b) (k : b < c) : a + 1 < c := by omega

theorem t (a b : Int) (h : 2 * a + 3 * b = 7) (k : a - b = 1) : a = 2 ∧ b = 1 := by omega

theorem t (a b : Nat) (h : a ≤ b) : a * 2 < b := by omega

theorem t (a b : Nat) : a + b = b + a := by grind

theorem t (a b c : Int) : (a + b) * (a - b) + c * 0 = a * a - b * b := by grind

theorem t (a b c : Int) (h : a = b) (k : b = c) : (a + c) ^ 2 = 4 * b * b := by grind

theorem t (p q : Point) : dot p q = dot q p := by simp only [dot]; grind

theorem t (p q : Point) : dot (scale 2 p) q = 2 * dot p q := by simp [dot, scale]; grind

theorem t (p q : Point) (h : dot p q = 0) : dot (add p p) q = 0 := by grind [dot, add]

theorem t (p q : Point) : dot p q = dot p p := by grind [dot]

theorem t (p : Point) (k : Int) : scale k p = p := by grind

theorem t (a b c : Int) (h : a * a + b * b = c * c) : a * b ≤ c * c := by grind

theorem t (p q : Point) : add p q = add q p := by simp_all [add]

theorem t (p q : Point) : add p q = add q p := by rw [add_comm']

theorem t (p q r : Point) : dot r (add p q) = dot r p + dot r q := by simp

theorem t (p q r : Point) : dot (add p q) r = dot p r + dot q r := by exact dot_add p q r

theorem t (p q r : Point) : dot (add p q) r = dot p r + dot q r := by exact?

theorem t (p q r : Point) : dot (add p q) r = dot q r + dot p r := by rw [dot_add, Int.add_comm]

theorem t (p q : Point) (h : p.x = q.x) (k : p.y = q.y) : p = q := by
  cases p; cases q; simp_all

theorem t (p q : Point) (h : p.x = q.x) : p = q := by cases p; cases q; simp_all

theorem t (g : Gate) : flip (flip g) = g := by
  induction g with
  | off => rfl
  | on => rfl
  | both a b iha ihb => simp [flip, iha, ihb]

theorem t (g : Gate) : flip (flip g) = g := by cases g <;> rfl

theorem t (g : Gate) : flip g ≠ g := by cases g <;> simp [flip]

theorem t (ns ms : List Nat) : total (ns ++ ms) = total ns + total ms := by
  induction ns with
  | nil => simp [total]
  | cons n ns ih => simp [total, ih, Nat.add_assoc]

theorem t (ns : List Nat) : total ns.reverse = total ns := by simp_all

theorem t (n : Nat) : count n = 2 * n := by
  induction n with
  | zero => rfl
  | succ n ih => rw [count, ih]; omega

theorem t (n : Nat) : count n = 2 * n := by
  induction n <;> simp_all [count]; omega

theorem t (n : Nat) (h : n < 4) : n * n < 10 := by
  match n, h with
  | 0, _ => decide
  | 1, _ => decide
  | 2, _ => decide
  | 3, _ => decide

theorem t : ∀ n : Fin 8, n.val * n.val < 50 := by decide

theorem t : total [1, 2, 3] = 6 := by decide

theorem t : total [1, 2, 3] = 7 := by decide

theorem t : total [1, 2, 3] = 6 := by rfl

theorem t (a b : Nat) : a + b = b + a := by rfl

theorem t (a b c d : Nat) : a + b + (c + d) = d + b + (a + c) := by ac_rfl

theorem t (p q : Point) : add p q = add q p := by ac_rfl

theorem t (a b : Int) (h : a < b) : ∃ c, a < c ∧ c ≤ b := by
  refine ⟨b, h, ?_⟩
  exact Int.le_refl b

theorem t (a b : Int) (h : a < b) : ∃ c, a < c ∧ c ≤ b := ⟨b, h, Int.le_refl b⟩

theorem t (p q : Prop) (h : p ∨ q) (k : ¬p) : q := by
  rcases h with h | h
  · exact absurd h k
  · exact h

theorem t (p q : Prop) (h : p ∧ q) : q ∧ p := by
  obtain ⟨a, b⟩ := h
  constructor <;> assumption

theorem t (p q : Prop) : p ∧ q ↔ q ∧ p := by constructor <;> intro h <;> simp_all

theorem t (a b : Int) (h : a ≤ b) : a ≤ b + 1 := by
  by_cases k : a = b
  · subst k; omega
  · have : a < b := by omega
    exact Int.le_of_lt (Int.lt_add_one_of_le h)

theorem t (a b c : Nat) (h : a ≤ b) : a * c ≤ b * c := by
  calc a * c ≤ b * c := Nat.mul_le_mul_right c h
    _ = b * c := rfl

theorem t (a b c : Int) (h : 0 ≤ c) (k : a ≤ b) : a * c ≤ b * c := Int.mul_le_mul_of_nonneg_right k h

theorem t (f : Nat → Nat) (h : ∀ n, f (n + 1) = f n) : f 3 = f 0 := by
  show f 3 = f 0
  rw [h, h, h]

theorem t (f : Nat → Nat) (h : ∀ n, f (n + 1) = f n) : f 3 = f 1 := by
  specialize h 1
  simp at *
  exact h

theorem t (f g : Nat → Nat) (h : ∀ n, f n = g n) : f = g := by
  funext n
  exact h n

theorem t (a b : Nat) (h : a = b) : b = a := by trivial

theorem t (a b : Nat) (h : a = b) : b = a := by exact h.symm

theorem t (a b : Nat) (h : a = b) : b = a := by unknown_tactic

theorem t (a b : Nat) (h : a = b) : b = a := by rw [nothing_of_the_kind]

theorem t (a b : Nat) (h : a = b) : b = a := by simp [h

theorem t (a b : Nat) (h : a = b) : b = a := by unfold a; exact h

theorem t (g : Gate) : Measured.size g ≤ 2 := by cases g <;> decide

theorem t (p : Point) : add p ⟨0, 0⟩ = p := by
  unfold add
  simp

theorem t (p : Point) : add p ⟨0, 0⟩ = p := by
  conv => lhs; unfold add
  cases p
  norm_num

theorem t (p : Point) : add p ⟨0, 0⟩ = p := by
  apply add_comm'

theorem t (x : Option Nat) (h : x.isSome) : ∃ n, x = some n := by
  match x with
  | some n => exact ⟨n, rfl⟩
  | none => contradiction

theorem t (a b : Int) (h : a ∣ b) : a ∣ b * 3 := by
  obtain ⟨c, rfl⟩ := h
  exact ⟨c * 3, by rw [Int.mul_assoc]⟩
