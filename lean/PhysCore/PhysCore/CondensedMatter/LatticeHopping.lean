/-!
# Hopping on a one-dimensional lattice

A wave function on the sites of a line assigns an amplitude to each whole number. Translations shift it; the tight-binding Hamiltonian lets a particle hop to
either neighbour; hopping minus twice the identity is the discrete Laplacian. All are linear, commute with translations, and the staggered wave
`(-1)^x` is an eigenfunction at the edge of the Brillouin zone.
-/

namespace PhysCore.CondensedMatter

/-- The wave function shifted by `k` sites. -/
def translate (k : Int) (f : Int → Int) : Int → Int := fun x => f (x + k)

/-- The hopping Hamiltonian: amplitudes come from both neighbours. -/
def hop (f : Int → Int) : Int → Int := fun x => f (x + 1) + f (x - 1)

/-- The discrete Laplacian. -/
def laplacian (f : Int → Int) : Int → Int := fun x => f (x + 1) - 2 * f x + f (x - 1)

/-- The sum of two wave functions. -/
def addWave (f g : Int → Int) : Int → Int := fun x => f x + g x

/-- A multiple of a wave function. -/
def scaleWave (c : Int) (f : Int → Int) : Int → Int := fun x => c * f x

/-- The reflected lattice. -/
def reflectLattice (f : Int → Int) : Int → Int := fun x => f (-x)

/-- The forward difference, the bond current of a scalar. -/
def difference (f : Int → Int) : Int → Int := fun x => f (x + 1) - f x

/-- The Hamiltonian applied `n` times. -/
def hopRepeatedly (f : Int → Int) : Nat → Int → Int
  | 0 => f
  | n + 1 => hop (hopRepeatedly f n)

/-- The sum of a function over the sites `0` to `n - 1`. -/
def siteSum (f : Int → Int) : Nat → Int
  | 0 => 0
  | n + 1 => siteSum f n + f n

/-- Two translations are one. -/
theorem translate_translate (j k : Int) (f : Int → Int) : translate j (translate k f) = translate (j + k) f := by
  funext x
  simp only [translate]
  grind

/-- No translation changes nothing. -/
theorem translate_zero (f : Int → Int) : translate 0 f = f := by
  funext x
  simp [translate]

/-- A translation is undone by the opposite one. -/
theorem translate_inverse (k : Int) (f : Int → Int) : translate (-k) (translate k f) = f := by
  rw [translate_translate, Int.add_left_neg, translate_zero]

/-- The Hamiltonian commutes with translations: crystal momentum is conserved. -/
theorem hop_translate (k : Int) (f : Int → Int) : hop (translate k f) = translate k (hop f) := by
  funext x
  simp only [hop, translate]
  grind

/-- The Hamiltonian is a sum of translations. -/
theorem hop_eq (f : Int → Int) : hop f = addWave (translate 1 f) (translate (-1) f) := by
  funext x
  simp only [hop, addWave, translate]
  grind

/-- The Hamiltonian is additive. -/
theorem hop_add (f g : Int → Int) : hop (addWave f g) = addWave (hop f) (hop g) := by
  funext x
  grind [hop, addWave]

/-- The Hamiltonian is homogeneous. -/
theorem hop_scale (c : Int) (f : Int → Int) : hop (scaleWave c f) = scaleWave c (hop f) := by
  funext x
  grind [hop, scaleWave]

/-- The Laplacian is hopping without the diagonal. -/
theorem laplacian_eq (f : Int → Int) : laplacian f = addWave (hop f) (scaleWave (-2) f) := by
  funext x
  simp only [laplacian, addWave, hop, scaleWave]
  grind

/-- The Laplacian is the difference of differences. -/
theorem laplacian_difference (f : Int → Int) (x : Int) : laplacian f (x + 1) = difference (difference f) x := by
  simp only [laplacian, difference]
  grind

/-- A linear potential is harmonic. -/
theorem laplacian_linear (a b : Int) : laplacian (fun x => a * x + b) = fun _ => 0 := by
  funext x
  grind [laplacian]

/-- A parabola has a constant Laplacian. -/
theorem laplacian_parabola (a : Int) : laplacian (fun x => a * (x * x)) = fun _ => 2 * a := by
  funext x
  grind [laplacian]

/-- The Hamiltonian is symmetric under reflection of the lattice. -/
theorem hop_reflect (f : Int → Int) : hop (reflectLattice f) = reflectLattice (hop f) := by
  funext x
  simp only [hop, reflectLattice]
  grind

/-- Reflecting twice does nothing. -/
theorem reflectLattice_twice (f : Int → Int) : reflectLattice (reflectLattice f) = f := by
  funext x
  simp [reflectLattice]

/-- Reflection turns translations round. -/
theorem reflectLattice_translate (k : Int) (f : Int → Int) :
    reflectLattice (translate k f) = translate (-k) (reflectLattice f) := by
  funext x
  simp only [reflectLattice, translate]
  grind

/-- A uniform wave is an eigenfunction, at the top of the band. -/
theorem hop_uniform (c : Int) : hop (fun _ => c) = fun _ => 2 * c := by
  funext x
  grind [hop]

/-- A wave that changes sign from site to site is an eigenfunction at the other edge of the band. -/
theorem hop_staggered (f : Int → Int) (h : ∀ x, f (x + 1) = -f x) : hop f = scaleWave (-2) f := by
  funext x
  have h1 := h (x - 1)
  grind [hop, scaleWave]

/-- Translations commute with any number of hops. -/
theorem hopRepeatedly_translate (k : Int) (f : Int → Int) (n : Nat) :
    hopRepeatedly (translate k f) n = translate k (hopRepeatedly f n) := by
  induction n with
  | zero => rfl
  | succ n ih => rw [hopRepeatedly, ih, hop_translate, hopRepeatedly]

/-- Superpositions evolve independently. -/
theorem hopRepeatedly_add (f g : Int → Int) (n : Nat) :
    hopRepeatedly (addWave f g) n = addWave (hopRepeatedly f n) (hopRepeatedly g n) := by
  induction n with
  | zero => rfl
  | succ n ih => rw [hopRepeatedly, ih, hop_add, hopRepeatedly, hopRepeatedly]

/-- Gauss on the lattice: differences inside a chain cancel. -/
theorem siteSum_difference (f : Int → Int) (n : Nat) : siteSum (difference f) n = f n - f 0 := by
  induction n with
  | zero => simp [siteSum]
  | succ n ih => grind [siteSum, difference]

/-- Sums over sites are additive. -/
theorem siteSum_add (f g : Int → Int) (n : Nat) : siteSum (addWave f g) n = siteSum f n + siteSum g n := by
  induction n with
  | zero => rfl
  | succ n ih => grind [siteSum, addWave]

/-- For every uniform charge density there is a field with that divergence. -/
theorem exists_lattice_field (c : Int) : ∃ f, difference f = fun _ => c := by
  refine ⟨fun x => c * x, ?_⟩
  funext x
  grind [difference]

end PhysCore.CondensedMatter
