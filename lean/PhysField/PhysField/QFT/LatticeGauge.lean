import PhysField.Mathematics.OrderedField

/-!
# Gauge fields on a lattice

A link variable `u x y` of a gauge group stands on each pair of neighbouring sites; its product along a path is the parallel transport. A gauge
transformation changes it at the ends of the path only, so that class functions of closed loops, Wilson's loops, are observable.
Source: Creutz, Quarks, Gluons and Lattices, chapters 5 to 7; Peskin, Schroeder, An Introduction to Quantum Field Theory, chapter 15.
-/
namespace PhysField.QFT
open PhysField.Mathematics

/-- A gauge group: an associative product with unit and inverses. -/
class GaugeGroup (G : Type u) extends Mul G, One G, Inv G where
  assoc : ∀ a b c : G, a * b * c = a * (b * c)
  one_mul : ∀ a : G, 1 * a = a
  inv_mul : ∀ a : G, a⁻¹ * a = 1

variable {G : Type u} [GaugeGroup G] {S : Type v}

/-- Parallel transport from the site `x` along the further sites of a path. -/
def transport (u : S → S → G) : S → List S → G
  | _, [] => 1
  | x, y :: l => u x y * transport u y l

/-- The last site of a path. -/
def lastSite : S → List S → S
  | x, [] => x
  | _, y :: l => lastSite y l

/-- The link variables after the gauge transformation `g`. -/
def gaugeLinks (g : S → G) (u : S → S → G) (x y : S) : G := g x * u x y * (g y)⁻¹

/-- The link variables of a pure gauge. -/
def pureGauge (g : S → G) (x y : S) : G := g x * (g y)⁻¹

/-- Transport around a plaquette of four sites. -/
def plaquette (u : S → S → G) (a b c d : S) : G := u a b * u b c * u c d * u d a

/-- A function on the group that does not see a change of basis, like a trace. -/
def ClassFunction (f : G → K) : Prop := ∀ g a : G, f (g * a * g⁻¹) = f a

/-- A left inverse in the gauge group is a right inverse. -/
theorem gauge_mul_inv (a : G) : a * a⁻¹ = 1 := by
  have h : (a⁻¹)⁻¹ * (a⁻¹ * (a * a⁻¹)) = 1 := by
    rw [← GaugeGroup.assoc a⁻¹, GaugeGroup.inv_mul, GaugeGroup.one_mul, GaugeGroup.inv_mul]
  rw [← GaugeGroup.assoc, GaugeGroup.inv_mul, GaugeGroup.one_mul] at h
  exact h

/-- The unit of the gauge group is a right unit. -/
theorem gauge_mul_one (a : G) : a * 1 = a := by
  rw [← GaugeGroup.inv_mul a, ← GaugeGroup.assoc, gauge_mul_inv, GaugeGroup.one_mul]

/-- The inverse is unique. -/
theorem gauge_inv_unique (a b : G) (h : a * b = 1) : b = a⁻¹ := by
  rw [← gauge_mul_one a⁻¹, ← h, ← GaugeGroup.assoc, GaugeGroup.inv_mul, GaugeGroup.one_mul]

/-- The inverse of a product is the product of the inverses in reverse order. -/
theorem gauge_inv_of_mul (a b : G) : (a * b)⁻¹ = b⁻¹ * a⁻¹ := by
  refine (gauge_inv_unique (a * b) _ ?_).symm
  rw [GaugeGroup.assoc, ← GaugeGroup.assoc b, gauge_mul_inv, GaugeGroup.one_mul, gauge_mul_inv]

/-- A change of basis respects products. -/
theorem gauge_conj_mul (g a b : G) : g * (a * b) * g⁻¹ = g * a * g⁻¹ * (g * b * g⁻¹) := by
  rw [GaugeGroup.assoc (g * a), ← GaugeGroup.assoc g⁻¹, ← GaugeGroup.assoc g⁻¹, GaugeGroup.inv_mul, GaugeGroup.one_mul]
  simp only [GaugeGroup.assoc]

/-- Transport along two paths in sequence is the product of the transports. -/
theorem transport_append (u : S → S → G) (x : S) (k l : List S) :
    transport u x (k ++ l) = transport u x k * transport u (lastSite x k) l := by
  induction k generalizing x with
  | nil => simp only [List.nil_append, transport, lastSite, GaugeGroup.one_mul]
  | cons y k ih => simp only [List.cons_append, transport, lastSite, ih, GaugeGroup.assoc]

/-- A gauge transformation changes a transport only at the ends of its path. -/
theorem transport_gauge (g : S → G) (u : S → S → G) (x : S) (l : List S) :
    transport (gaugeLinks g u) x l = g x * transport u x l * (g (lastSite x l))⁻¹ := by
  induction l generalizing x with
  | nil => simp only [transport, lastSite, gauge_mul_one, gauge_mul_inv]
  | cons y l ih =>
    simp only [transport, lastSite, ih, gaugeLinks]
    rw [GaugeGroup.assoc (g x * u x y), ← GaugeGroup.assoc (g y)⁻¹, ← GaugeGroup.assoc (g y)⁻¹, GaugeGroup.inv_mul, GaugeGroup.one_mul]
    simp only [GaugeGroup.assoc]

/-- A class function of a closed loop does not depend on the gauge (Wilson's loop). -/
theorem wilson_loop_gauge (f : G → K) (hf : ClassFunction f) (g : S → G) (u : S → S → G) (x : S) (l : List S)
    (h : lastSite x l = x) : f (transport (gaugeLinks g u) x l) = f (transport u x l) := by
  rw [transport_gauge, h]
  exact hf _ _

/-- A class function does not depend on the order of two factors. -/
theorem classFunction_comm (f : G → K) (hf : ClassFunction f) (a b : G) : f (a * b) = f (b * a) := by
  have h := hf b (a * b)
  rw [GaugeGroup.assoc b, GaugeGroup.assoc a, gauge_mul_inv, gauge_mul_one] at h
  exact h.symm

/-- Wilson's loop does not depend on the site where the loop starts. -/
theorem wilson_loop_start (f : G → K) (hf : ClassFunction f) (u : S → S → G) (x y : S) (k l : List S) (hk : lastSite x k = y)
    (hl : lastSite y l = x) : f (transport u x (k ++ l)) = f (transport u y (l ++ k)) := by
  rw [transport_append, transport_append, hk, hl]
  exact classFunction_comm f hf _ _

/-- In a pure gauge the transport depends on the ends of the path alone. -/
theorem transport_pureGauge (g : S → G) (x : S) (l : List S) : transport (pureGauge g) x l = g x * (g (lastSite x l))⁻¹ := by
  induction l generalizing x with
  | nil => simp only [transport, lastSite, gauge_mul_inv]
  | cons y l ih =>
    simp only [transport, lastSite, ih, pureGauge]
    rw [GaugeGroup.assoc, ← GaugeGroup.assoc (g y)⁻¹, GaugeGroup.inv_mul, GaugeGroup.one_mul]

/-- A field whose transports depend on the ends alone is a pure gauge: transport from a fixed site gives the transformation. -/
theorem pureGauge_of_flat (u : S → S → G) (o : S) (p : S → List S) (hp : ∀ x, lastSite o (p x) = x)
    (h : ∀ x y, transport u o (p x ++ [y]) = transport u o (p y)) (x y : S) :
    u x y = pureGauge (fun z => (transport u o (p z))⁻¹) x y := by
  have k := h x y
  simp only [transport_append, hp, transport, gauge_mul_one] at k
  have e : ((transport u o (p y))⁻¹)⁻¹ = transport u o (p y) := (gauge_inv_unique _ _ (GaugeGroup.inv_mul _)).symm
  rw [pureGauge, e, ← k, ← GaugeGroup.assoc, GaugeGroup.inv_mul, GaugeGroup.one_mul]

/-- Gauge transformations one after the other are one by their product. -/
theorem gaugeLinks_comp (g h : S → G) (u : S → S → G) (x y : S) :
    gaugeLinks g (gaugeLinks h u) x y = gaugeLinks (fun z => g z * h z) u x y := by
  simp only [gaugeLinks, gauge_inv_of_mul, GaugeGroup.assoc]

/-- A plaquette is turned by the gauge transformation at its first corner. -/
theorem plaquette_gauge (g : S → G) (u : S → S → G) (a b c d : S) :
    plaquette (gaugeLinks g u) a b c d = g a * plaquette u a b c d * (g a)⁻¹ := by
  have h := transport_gauge g u a [b, c, d, a]
  simp only [transport, lastSite, gauge_mul_one] at h
  simp only [plaquette, GaugeGroup.assoc] at *
  exact h

/-- The transport back along a link undoes it, so a path there and back changes nothing. -/
theorem transport_backtrack (u : S → S → G) (hu : ∀ x y, u y x = (u x y)⁻¹) (x y : S) (l : List S) :
    transport u x (y :: x :: l) = transport u x l := by
  simp only [transport]
  rw [hu x y, ← GaugeGroup.assoc, gauge_mul_inv, GaugeGroup.one_mul]

/-- A plaquette run through backwards is the inverse plaquette. -/
theorem plaquette_reverse (u : S → S → G) (hu : ∀ x y, u y x = (u x y)⁻¹) (a b c d : S) :
    plaquette u a d c b = (plaquette u a b c d)⁻¹ := by
  rw [plaquette, plaquette, gauge_inv_of_mul, gauge_inv_of_mul, gauge_inv_of_mul, hu d a, hu c d, hu b c, hu a b]
  simp only [GaugeGroup.assoc]

/-- Two plaquettes with a common link make the loop around both: the common link drops out (Stokes's theorem on the lattice). -/
theorem plaquette_stokes (u : S → S → G) (hu : ∀ x y, u y x = (u x y)⁻¹) (a b c d e f : S) :
    u a b * u b c * u c f * u f a * (u a f * u f e * u e d * u d a) = transport u a [b, c, f, e, d, a] := by
  rw [hu a f, show u a b * u b c * u c f * (u a f)⁻¹ * (u a f * u f e * u e d * u d a) =
    u a b * u b c * u c f * ((u a f)⁻¹ * u a f) * (u f e * u e d * u d a) by simp only [GaugeGroup.assoc], GaugeGroup.inv_mul,
    gauge_mul_one]
  simp only [transport, gauge_mul_one, GaugeGroup.assoc]

/-- A covariant field and the transport make a gauge invariant pair: no gauge transformation changes it. -/
theorem gauge_invariant_pair (g : S → G) (u : S → S → G) (p q : S → G) (x : S) (l : List S) :
    (g x * p x)⁻¹ * transport (gaugeLinks g u) x l * (g (lastSite x l) * q (lastSite x l)) =
      (p x)⁻¹ * transport u x l * q (lastSite x l) := by
  rw [transport_gauge, gauge_inv_of_mul, show (p x)⁻¹ * (g x)⁻¹ * (g x * transport u x l * (g (lastSite x l))⁻¹) *
    (g (lastSite x l) * q (lastSite x l)) = (p x)⁻¹ * ((g x)⁻¹ * g x) * transport u x l * ((g (lastSite x l))⁻¹ * g (lastSite x l)) *
    q (lastSite x l) by simp only [GaugeGroup.assoc], GaugeGroup.inv_mul, GaugeGroup.inv_mul, gauge_mul_one, gauge_mul_one]

end PhysField.QFT
