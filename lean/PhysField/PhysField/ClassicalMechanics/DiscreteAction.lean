import PhysField.Mathematics.Vec3

/-!
# Discrete mechanics and Noether's theorem

The action of a path in steps is a sum over pairs of neighbouring points. `quadLagrangian` is the general quadratic action of one step; in
space, a body of mass `m` moves in steps `h` under a force field `f`. Stationary paths, their symplectic form, and what symmetries conserve.
Source: Hairer, Lubich, Wanner, Geometric Numerical Integration, chapter 6; Goldstein, Poole, Safko, Classical Mechanics, chapters 2 and 13.
-/
namespace PhysField.ClassicalMechanics
open PhysField.Mathematics

variable {K : Type u} [OrderedField K]

/-- Quadratic action of one step from `x` to `y`. -/
def quadLagrangian (a b c x y : K) : K := a * x ^ 2 / 2 + b * x * y + c * y ^ 2 / 2

/-- Action of the first `n` steps of a path. -/
def pathAction (a b c : K) (q : Nat → K) : Nat → K
  | 0 => 0
  | n + 1 => pathAction a b c q n + quadLagrangian a b c (q n) (q (n + 1))

/-- First variation of the action of `n` steps of the path `q` in the direction `d`. -/
def actionVariation (a b c : K) (q d : Nat → K) : Nat → K
  | 0 => 0
  | n + 1 => actionVariation a b c q d n + a * q n * d n + b * (q n * d (n + 1) + q (n + 1) * d n) + c * q (n + 1) * d (n + 1)

/-- Equation of Euler and Lagrange for a path in steps. -/
def IsExtremal (a b c : K) (q : Nat → K) : Prop := ∀ n, b * q n + (a + c) * q (n + 1) + b * q (n + 2) = 0

/-- Momentum with which a step from `x` starts. -/
def startMomentum (h m : K) (f : Vec3 K → Vec3 K) (x y : Vec3 K) : Vec3 K := (m / h) • (y - x) - (h / 2) • f x

/-- Momentum with which a step ends at `y`. -/
def endMomentum (h m : K) (f : Vec3 K → Vec3 K) (x y : Vec3 K) : Vec3 K := (m / h) • (y - x) + (h / 2) • f y

/-- A path on which each step starts with the momentum with which the one before ended. -/
def IsStationary (h m : K) (f : Vec3 K → Vec3 K) (q : Nat → Vec3 K) : Prop :=
  ∀ n, endMomentum h m f (q n) (q (n + 1)) = startMomentum h m f (q (n + 1)) (q (n + 2))

/-- The action of a varied path is that of the path, the first variation and the action of the variation. -/
theorem pathAction_add (a b c : K) (q d : Nat → K) (n : Nat) :
    pathAction a b c (fun i => q i + d i) n = pathAction a b c q n + actionVariation a b c q d n + pathAction a b c d n := by
  induction n with
  | zero => grind [pathAction, actionVariation]
  | succ n ih =>
    rw [pathAction, ih, pathAction, pathAction, actionVariation]
    grind [quadLagrangian]

/-- On an extremal path the first variation consists of its ends. -/
theorem actionVariation_extremal (a b c : K) (q d : Nat → K) (n : Nat) (h : IsExtremal a b c q) :
    actionVariation a b c q d (n + 1) = (a * q 0 + b * q 1) * d 0 + (b * q n + c * q (n + 1)) * d (n + 1) := by
  induction n with
  | zero => grind [actionVariation]
  | succ n ih =>
    have e : b * q n + (a + c) * q (n + 1) + b * q (n + 2) = 0 := h n
    rw [actionVariation, ih]
    grind

/-- An extremal path makes the action stationary among the paths with the same ends (Hamilton's principle in steps). -/
theorem hamilton_principle (a b c : K) (q d : Nat → K) (n : Nat) (h : IsExtremal a b c q) (h0 : d 0 = 0) (h1 : d (n + 1) = 0) :
    pathAction a b c (fun i => q i + d i) (n + 1) = pathAction a b c q (n + 1) + pathAction a b c d (n + 1) := by
  rw [pathAction_add, actionVariation_extremal a b c q d n h, h0, h1]
  grind

/-- A path whose action does not change in first order when one point is moved satisfies the equation of Euler and Lagrange there. -/
theorem extremal_of_stationary (a b c : K) (q : Nat → K)
    (h : ∀ n d, actionVariation a b c q (fun i => if i = n + 1 then d else 0) (n + 2) = 0) : IsExtremal a b c q := by
  have z : ∀ (n k : Nat) (d : K), k ≤ n → actionVariation a b c q (fun i => if i = n + 1 then d else 0) k = 0 := by
    intro n k d hk
    induction k with
    | zero => rfl
    | succ k ih =>
      rw [actionVariation, ih (by omega), if_neg (by omega), if_neg (by omega)]
      grind
  intro n
  have k := h n 1
  rw [actionVariation, actionVariation, z n n 1 (by omega), if_pos rfl, if_neg (by omega), if_neg (by omega)] at k
  grind

/-- A path of free motion has no more action than any other path with the same ends. -/
theorem free_action_least (m : K) (q d : Nat → K) (n : Nat) (hm : 0 ≤ m) (h : IsExtremal m (-m) m q) (h0 : d 0 = 0)
    (h1 : d (n + 1) = 0) : pathAction m (-m) m q (n + 1) ≤ pathAction m (-m) m (fun i => q i + d i) (n + 1) := by
  have p : ∀ k, 0 ≤ pathAction m (-m) m d k := by
    intro k
    induction k with
    | zero => grind [pathAction]
    | succ k ih =>
      have s := mul_nonneg hm (sq_nonneg (d (k + 1) - d k))
      have e : quadLagrangian m (-m) m (d k) (d (k + 1)) = m * (d (k + 1) - d k) ^ 2 / 2 := by grind [quadLagrangian]
      rw [pathAction, e]
      grind
  have k := p (n + 1)
  rw [hamilton_principle m (-m) m q d n h h0 h1]
  grind

/-- Extremal paths can be superposed. -/
theorem extremal_superposition (a b c r s : K) (q d : Nat → K) (hq : IsExtremal a b c q) (hd : IsExtremal a b c d) :
    IsExtremal a b c fun n => r * q n + s * d n := by
  intro n
  have e : b * q n + (a + c) * q (n + 1) + b * q (n + 2) = 0 := hq n
  have f : b * d n + (a + c) * d (n + 1) + b * d (n + 2) = 0 := hd n
  grind

/-- Two extremal paths have a constant symplectic form (Lagrange). -/
theorem extremal_symplectic (a b c : K) (q d : Nat → K) (n : Nat) (hq : IsExtremal a b c q) (hd : IsExtremal a b c d) :
    b * (q n * d (n + 1) - q (n + 1) * d n) = b * (q 0 * d 1 - q 1 * d 0) := by
  induction n with
  | zero => rfl
  | succ n ih =>
    have e : b * q n + (a + c) * q (n + 1) + b * q (n + 2) = 0 := hq n
    have f : b * d n + (a + c) * d (n + 1) + b * d (n + 2) = 0 := hd n
    grind

/-- An extremal path conserves a quadratic energy of neighbouring points: its action does not depend on the step. -/
theorem extremal_energy (a b c : K) (q : Nat → K) (n : Nat) (h : IsExtremal a b c q) :
    b * (q n ^ 2 + q (n + 1) ^ 2) + (a + c) * q n * q (n + 1) = b * (q 0 ^ 2 + q 1 ^ 2) + (a + c) * q 0 * q 1 := by
  induction n with
  | zero => rfl
  | succ n ih =>
    have e : b * q n + (a + c) * q (n + 1) + b * q (n + 2) = 0 := h n
    grind

/-- Two neighbouring points determine an extremal path. -/
theorem extremal_unique (a b c : K) (q d : Nat → K) (n : Nat) (hb : b ≠ 0) (hq : IsExtremal a b c q) (hd : IsExtremal a b c d)
    (h0 : q 0 = d 0) (h1 : q 1 = d 1) : q n = d n ∧ q (n + 1) = d (n + 1) := by
  induction n with
  | zero => exact ⟨h0, h1⟩
  | succ n ih =>
    have e : b * q n + (a + c) * q (n + 1) + b * q (n + 2) = 0 := hq n
    have f : b * d n + (a + c) * d (n + 1) + b * d (n + 2) = 0 := hd n
    obtain ⟨k, l⟩ := ih
    refine ⟨l, ?_⟩
    have g : b * (q (n + 2) - d (n + 2)) = 0 := by grind
    rcases mul_eq_zero.mp g with z | z <;> grind

/-- Stationary paths are those that obey Newton's law with the second difference as acceleration. -/
theorem stationary_iff_newton (h m : K) (f : Vec3 K → Vec3 K) (q : Nat → Vec3 K) (hh : h ≠ 0) :
    IsStationary h m f q ↔ ∀ n, m • (q (n + 2) - (2 : K) • q (n + 1) + q n) = (h ^ 2) • f (q (n + 1)) := by
  constructor
  · intro s n
    have k := s n
    rw [Vec3.ext_iff] at k
    ext <;> grind [startMomentum, endMomentum]
  · intro s n
    have k := s n
    rw [Vec3.ext_iff] at k
    ext <;> grind [startMomentum, endMomentum]

/-- Start and end momentum of a step differ by the impulse of the forces at its ends. -/
theorem step_impulse (h m : K) (f : Vec3 K → Vec3 K) (x y : Vec3 K) :
    endMomentum h m f x y - startMomentum h m f x y = (h / 2) • (f x + f y) := by
  ext <;> grind [startMomentum, endMomentum]

/-- A symmetry that turns start momentum into end momentum in every step conserves its momentum along stationary paths
(Noether's theorem in steps). -/
theorem noether_steps (h m : K) (f s : Vec3 K → Vec3 K) (q : Nat → Vec3 K) (n : Nat) (hq : IsStationary h m f q)
    (hs : ∀ x y, dot (endMomentum h m f x y) (s y) = dot (startMomentum h m f x y) (s x)) :
    dot (endMomentum h m f (q n) (q (n + 1))) (s (q (n + 1))) = dot (startMomentum h m f (q 0) (q 1)) (s (q 0)) := by
  induction n with
  | zero => exact hs _ _
  | succ n ih => rw [hs, ← hq n, ih]

/-- Where the force has no component along a direction, the momentum along it is conserved (Noether, shifts). -/
theorem noether_shift (h m : K) (f : Vec3 K → Vec3 K) (a : Vec3 K) (q : Nat → Vec3 K) (n : Nat) (hq : IsStationary h m f q)
    (ha : ∀ x, dot (f x) a = 0) : dot (endMomentum h m f (q n) (q (n + 1))) a = dot (startMomentum h m f (q 0) (q 1)) a := by
  refine noether_steps h m f (fun _ => a) q n hq fun x y => ?_
  have hx := ha x
  have hy := ha y
  have e : dot (endMomentum h m f x y) a = dot (startMomentum h m f x y) a + h / 2 * (dot (f x) a + dot (f y) a) := by
    grind [startMomentum, endMomentum, dot]
  grind

/-- Where the force has no torque about an axis, the angular momentum about it is conserved (Noether, rotations). -/
theorem noether_rotation (h m : K) (f : Vec3 K → Vec3 K) (w : Vec3 K) (q : Nat → Vec3 K) (n : Nat) (hq : IsStationary h m f q)
    (hw : ∀ x, dot (f x) (cross w x) = 0) :
    dot (endMomentum h m f (q n) (q (n + 1))) (cross w (q (n + 1))) =
      dot (startMomentum h m f (q 0) (q 1)) (cross w (q 0)) := by
  refine noether_steps h m f (fun x => cross w x) q n hq fun x y => ?_
  have hx := hw x
  have hy := hw y
  have e : dot (endMomentum h m f x y) (cross w y) = dot (startMomentum h m f x y) (cross w x) +
      h / 2 * (dot (f x) (cross w x) + dot (f y) (cross w y)) := by
    rw [endMomentum, startMomentum]
    generalize f x = g
    generalize f y = k
    grind [dot, cross]
  grind

/-- A central force of any law conserves the angular momentum of stationary paths about each axis. -/
theorem noether_central (h m : K) (g : Vec3 K → K) (w : Vec3 K) (q : Nat → Vec3 K) (n : Nat)
    (hq : IsStationary h m (fun x => g x • x) q) :
    dot (endMomentum h m (fun x => g x • x) (q n) (q (n + 1))) (cross w (q (n + 1))) =
      dot (startMomentum h m (fun x => g x • x) (q 0) (q 1)) (cross w (q 0)) := by
  refine noether_rotation h m _ w q n hq fun x => ?_
  rw [dot_smul_left, show dot x (cross w x) = 0 by grind [dot, cross]]
  grind

end PhysField.ClassicalMechanics
