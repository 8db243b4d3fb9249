/-!
# Conservation of charge

Charges sit in cells of a line; currents flow through the walls between cells. The discrete continuity equation says that
the charge of a cell changes by what flows in minus what flows out. Summed over the cells the inner currents cancel, and
what remains is the flow through the two outer walls: Gauss's theorem in one dimension. Sources of either sign come in
pairs, and charges of composite particles add up.
-/
namespace PhysCore.Electromagnetism

/-- Charge of cell `i` after a tick, when the current `j i` enters from the left and `j (i + 1)` leaves to the right. -/
def continuityStep (rho j : Nat → Int) (i : Nat) : Int := rho i + j i - j (i + 1)

/-- Charge in the first `n` cells. -/
def chargeIn (rho : Nat → Int) : Nat → Int
  | 0 => 0
  | n + 1 => chargeIn rho n + rho n

/-- Electric field to the left of cell `n`, by Gauss's law, when it vanishes to the left of all cells. -/
def fieldAt (rho : Nat → Int) : Nat → Int
  | 0 => 0
  | n + 1 => fieldAt rho n + rho n

/-- Charges after `t` ticks of a constant current pattern. -/
def evolveCharge (rho j : Nat → Int) : Nat → Nat → Int
  | 0 => rho
  | t + 1 => continuityStep (evolveCharge rho j t) j

/-- Signs of charge. -/
inductive Sign where
  | plus
  | minus

/-- The charge of one particle. -/
def signCharge : Sign → Int
  | Sign.plus => 1
  | Sign.minus => -1

/-- Charge conjugation. -/
def conjugate : Sign → Sign
  | Sign.plus => Sign.minus
  | Sign.minus => Sign.plus

/-- Net charge of a collection of particles. -/
def netCharge : List Sign → Int
  | [] => 0
  | s :: ss => signCharge s + netCharge ss

/-- Without currents nothing changes. -/
theorem continuity_no_current (rho : Nat → Int) : continuityStep rho (fun _ => 0) = rho := by
  funext i
  simp [continuityStep]

/-- A steady current that is the same everywhere piles up no charge. -/
theorem continuity_steady_current (rho : Nat → Int) (c : Int) : continuityStep rho (fun _ => c) = rho := by
  funext i
  simp only [continuityStep]
  omega

/-- Gauss: the charge in a region changes by the flow through its ends. -/
theorem charge_balance (rho j : Nat → Int) (n : Nat) :
    chargeIn (continuityStep rho j) n = chargeIn rho n + j 0 - j n := by
  induction n with
  | zero => simp [chargeIn]
  | succ n ih => grind [chargeIn, continuityStep]

/-- In an isolated region the charge is conserved. -/
theorem charge_conserved_isolated (rho j : Nat → Int) (n : Nat) (h0 : j 0 = 0) (hn : j n = 0) :
    chargeIn (continuityStep rho j) n = chargeIn rho n := by
  rw [charge_balance, h0, hn]
  omega

/-- In an isolated region the charge is conserved for all times. -/
theorem charge_conserved_forever (rho j : Nat → Int) (n t : Nat) (h0 : j 0 = 0) (hn : j n = 0) :
    chargeIn (evolveCharge rho j t) n = chargeIn rho n := by
  induction t with
  | zero => rfl
  | succ t ih => rw [evolveCharge, charge_conserved_isolated _ _ _ h0 hn, ih]

/-- Charge that flows in from the left and not out on the right accumulates tick by tick. -/
theorem charge_accumulates (rho j : Nat → Int) (n t : Nat) (hn : j n = 0) :
    chargeIn (evolveCharge rho j t) n = chargeIn rho n + t * j 0 := by
  induction t with
  | zero => simp [evolveCharge]
  | succ t ih => grind [evolveCharge, charge_balance]

/-- The charges of two distributions add. -/
theorem charge_in_add (rho sigma : Nat → Int) (n : Nat) :
    chargeIn (fun i => rho i + sigma i) n = chargeIn rho n + chargeIn sigma n := by
  induction n with
  | zero => rfl
  | succ n ih => simp only [chargeIn, ih]; omega

/-- A uniform charge density. -/
theorem charge_in_uniform (c : Int) (n : Nat) : chargeIn (fun _ => c) n = n * c := by
  induction n with
  | zero => simp [chargeIn]
  | succ n ih => grind [chargeIn]

/-- Gauss's law: the field at a wall counts the charge to its left. -/
theorem gauss_law (rho : Nat → Int) (n : Nat) : fieldAt rho n = chargeIn rho n := by
  induction n with
  | zero => rfl
  | succ n ih => simp [fieldAt, chargeIn, ih]

/-- The field jumps by the charge of the cell. -/
theorem field_jump (rho : Nat → Int) (n : Nat) : fieldAt rho (n + 1) - fieldAt rho n = rho n := by
  simp only [fieldAt]
  omega

/-- The displacement current: the field at a wall changes by what has flowed through it. -/
theorem displacement_current (rho j : Nat → Int) (n : Nat) (h0 : j 0 = 0) :
    fieldAt (continuityStep rho j) n = fieldAt rho n - j n := by
  rw [gauss_law, gauss_law, charge_balance, h0]
  omega

/-- Every change of the charges is the work of some current. -/
theorem exists_current (rho sigma : Nat → Int) : ∃ j, continuityStep rho j = sigma := by
  refine ⟨chargeIn (fun i => rho i - sigma i), ?_⟩
  funext i
  simp only [continuityStep, chargeIn]
  omega

/-- Conjugating twice gives the particle back. -/
theorem conjugate_conjugate (s : Sign) : conjugate (conjugate s) = s := by
  cases s <;> rfl

/-- Conjugation flips the charge. -/
theorem sign_charge_conjugate (s : Sign) : signCharge (conjugate s) = -signCharge s := by
  cases s <;> rfl

/-- The square of an elementary charge is one. -/
theorem sign_charge_sq (s : Sign) : signCharge s * signCharge s = 1 := by
  cases s <;> decide

/-- An elementary charge is never zero. -/
theorem sign_charge_ne_zero (s : Sign) : signCharge s ≠ 0 := by
  cases s <;> simp [signCharge]

/-- Creating a pair does not change the net charge. -/
theorem pair_creation (s : Sign) (ss : List Sign) : netCharge (s :: conjugate s :: ss) = netCharge ss := by
  simp only [netCharge, sign_charge_conjugate]
  omega

/-- Net charges of two collections add. -/
theorem net_charge_append (ss ts : List Sign) : netCharge (ss ++ ts) = netCharge ss + netCharge ts := by
  induction ss with
  | nil => simp [netCharge]
  | cons s ss ih => grind [netCharge]

/-- Antimatter carries the opposite net charge. -/
theorem net_charge_conjugate (ss : List Sign) : netCharge (ss.map conjugate) = -netCharge ss := by
  induction ss with
  | nil => rfl
  | cons s ss ih => simp only [List.map, netCharge, ih, sign_charge_conjugate]; omega

/-- Any collection can be neutralised. -/
theorem exists_neutralising (ss : List Sign) : ∃ ts, netCharge (ss ++ ts) = 0 := by
  refine ⟨ss.map conjugate, ?_⟩
  rw [net_charge_append, net_charge_conjugate]
  omega

end PhysCore.Electromagnetism
