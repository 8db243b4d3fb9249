/-!
# Work and energy

To stay with whole numbers, energies with the factor one half appear doubled: 2 T = m v². The free fall below is the
trapezoidal discretisation (the height grows by the mean of two velocities), for which energy is conserved exactly,
tick by tick. Work, springs, systems of particles and the theorem of König on the centre of mass follow.
-/
namespace PhysCore.ClassicalMechanics

/-- Twice the kinetic energy of a mass `m` with velocity `v`. -/
def twiceKineticEnergy (m v : Int) : Int := m * v ^ 2

/-- Potential energy of a mass `m` at height `h` in a uniform field `g`. -/
def potentialEnergy (m g h : Int) : Int := m * g * h

/-- Work done by a constant force along a displacement. -/
def work (force displacement : Int) : Int := force * displacement

/-- Twice the energy stored in a spring of stiffness `k` stretched by `x`. -/
def twiceSpringEnergy (k x : Int) : Int := k * x ^ 2

/-- Velocity of a falling body after `n` ticks. -/
def fallVelocity (v0 g : Int) : Nat → Int
  | 0 => v0
  | n + 1 => fallVelocity v0 g n - g

/-- Twice the height of a falling body after `n` ticks. -/
def twiceFallHeight (h0 v0 g : Int) : Nat → Int
  | 0 => 2 * h0
  | n + 1 => twiceFallHeight h0 v0 g n + fallVelocity v0 g n + fallVelocity v0 g (n + 1)

/-- Work of a force that acts over a list of small displacements. -/
def pathWork (force : Int) : List Int → Int
  | [] => 0
  | d :: ds => work force d + pathWork force ds

/-- Kinetic energy does not know the direction of motion. -/
theorem kinetic_energy_neg (m v : Int) : twiceKineticEnergy m (-v) = twiceKineticEnergy m v := by
  simp only [twiceKineticEnergy]
  grind

/-- A body at rest has no kinetic energy. -/
theorem kinetic_energy_rest (m : Int) : twiceKineticEnergy m 0 = 0 := by
  simp [twiceKineticEnergy]

/-- Twice the speed, four times the energy. -/
theorem kinetic_energy_double_speed (m v : Int) : twiceKineticEnergy m (2 * v) = 4 * twiceKineticEnergy m v := by
  grind [twiceKineticEnergy]

/-- A body of positive mass has no negative kinetic energy. -/
theorem kinetic_energy_nonneg (m v : Int) (hm : 0 ≤ m) : 0 ≤ twiceKineticEnergy m v := by
  have h : 0 ≤ v ^ 2 := Int.pow_nonneg_of_even (by decide)
  simp only [twiceKineticEnergy]
  exact Int.mul_nonneg hm h

/-- Only height differences count: shifting the zero of height shifts the energy by a constant. -/
theorem potential_energy_shift (m g h d : Int) :
    potentialEnergy m g (h + d) = potentialEnergy m g h + potentialEnergy m g d := by
  simp only [potentialEnergy]
  grind

/-- The work of gravity is the loss of potential energy. -/
theorem gravity_work (m g h k : Int) : work (-(m * g)) (k - h) = potentialEnergy m g h - potentialEnergy m g k := by
  simp only [work, potentialEnergy]
  grind

/-- The work–energy theorem for one tick under a force `m a`, with the displacement doubled. -/
theorem work_energy (m a v : Int) :
    work (m * a) (v + (v + a)) = twiceKineticEnergy m (v + a) - twiceKineticEnergy m v := by
  grind [work, twiceKineticEnergy]

/-- A falling body loses its weight's worth of velocity every tick. -/
theorem fall_velocity_eq (v0 g : Int) (n : Nat) : fallVelocity v0 g n = v0 - g * n := by
  induction n with
  | zero => simp [fallVelocity]
  | succ n ih => grind [fallVelocity]

/-- Heights of the throw: 2 h = 2 h₀ + 2 v₀ t − g t². -/
theorem twice_fall_height_eq (h0 v0 g : Int) (n : Nat) :
    twiceFallHeight h0 v0 g n = 2 * h0 + 2 * v0 * n - g * n ^ 2 := by
  induction n with
  | zero => simp [twiceFallHeight]
  | succ n ih => grind [twiceFallHeight, fall_velocity_eq]

/-- Energy is conserved in free fall, tick by tick. -/
theorem fall_energy_step (m h0 v0 g : Int) (n : Nat) :
    twiceKineticEnergy m (fallVelocity v0 g (n + 1)) + potentialEnergy m g (twiceFallHeight h0 v0 g (n + 1)) =
      twiceKineticEnergy m (fallVelocity v0 g n) + potentialEnergy m g (twiceFallHeight h0 v0 g n) := by
  simp only [twiceKineticEnergy, potentialEnergy, twiceFallHeight, fallVelocity]
  grind

/-- Energy is conserved in free fall for ever. -/
theorem fall_energy_conserved (m h0 v0 g : Int) (n : Nat) :
    twiceKineticEnergy m (fallVelocity v0 g n) + potentialEnergy m g (twiceFallHeight h0 v0 g n) =
      twiceKineticEnergy m v0 + potentialEnergy m g (2 * h0) := by
  induction n with
  | zero => rfl
  | succ n ih => rw [fall_energy_step, ih]

/-- A stone thrown up comes back to the same height with the opposite velocity. -/
theorem fall_return_velocity (v0 g : Int) (n : Nat) (h : 2 * v0 = g * n) : fallVelocity v0 g n = -v0 := by
  rw [fall_velocity_eq]
  omega

/-- Some throw reaches any height: there is a velocity that ends one tick later at the chosen height. -/
theorem exists_throw (h0 k : Int) : ∃ v0, twiceFallHeight h0 v0 2 1 = 2 * k := by
  refine ⟨k - h0 + 1, ?_⟩
  simp only [twiceFallHeight, fallVelocity]
  omega

/-- A spring stores the same energy stretched or compressed. -/
theorem spring_energy_even (k x : Int) : twiceSpringEnergy k (-x) = twiceSpringEnergy k x := by
  grind [twiceSpringEnergy]

/-- Two springs side by side store the energy of one with the summed stiffness. -/
theorem spring_energy_parallel (k l x : Int) :
    twiceSpringEnergy k x + twiceSpringEnergy l x = twiceSpringEnergy (k + l) x := by
  simp only [twiceSpringEnergy]
  grind

/-- The work of a constant force depends on the end points alone. -/
theorem path_work_eq (force : Int) (ds : List Int) : pathWork force ds = work force ds.sum := by
  induction ds with
  | nil => simp [pathWork, work]
  | cons d ds ih => grind [pathWork, work]

/-- The works along two pieces of a path add. -/
theorem path_work_append (force : Int) (ds es : List Int) :
    pathWork force (ds ++ es) = pathWork force ds + pathWork force es := by
  induction ds with
  | nil => simp [pathWork]
  | cons d ds ih => grind [pathWork]

/-- No work is done around a closed path. -/
theorem path_work_closed (force : Int) (ds : List Int) (h : ds.sum = 0) : pathWork force ds = 0 := by
  rw [path_work_eq, h]
  simp [work]

/-- König: kinetic energy splits into that of the centre of mass and that of the relative motion. -/
theorem koenig_two_bodies (m n v w : Int) :
    (m + n) * (twiceKineticEnergy m v + twiceKineticEnergy n w) = (m * v + n * w) ^ 2 + m * n * (v - w) ^ 2 := by
  simp only [twiceKineticEnergy]
  grind

end PhysCore.ClassicalMechanics
