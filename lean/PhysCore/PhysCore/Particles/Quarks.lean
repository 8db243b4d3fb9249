/-!
# Quarks and hadrons

Six flavours of quarks with electric charges in thirds of the elementary charge and baryon number one third. The
Gell-Mann–Nishijima formula ties charge, isospin, baryon number and flavour numbers together. Hadrons are words of quarks and antiquarks:
three quarks make a baryon, a quark and an antiquark a meson; their charges are whole.
-/

namespace PhysCore.Particles

/-- The six quark flavours. -/
inductive Quark where
  | up
  | down
  | strange
  | charm
  | bottom
  | top
  deriving DecidableEq

/-- Electric charge in thirds of the elementary charge. -/
def quarkCharge : Quark → Int
  | .up => 2
  | .charm => 2
  | .top => 2
  | .down => -1
  | .strange => -1
  | .bottom => -1

/-- Twice the third component of isospin. -/
def twiceIsospin : Quark → Int
  | .up => 1
  | .down => -1
  | _ => 0

/-- The sum of the flavour quantum numbers: strangeness, charm, bottomness, topness. -/
def flavourNumber : Quark → Int
  | .strange => -1
  | .charm => 1
  | .bottom => -1
  | .top => 1
  | _ => 0

/-- The generation, one to three. -/
def generation : Quark → Nat
  | .up => 1
  | .down => 1
  | .charm => 2
  | .strange => 2
  | .top => 3
  | .bottom => 3

/-- The weak partner in the same generation. -/
def weakPartner : Quark → Quark
  | .up => .down
  | .down => .up
  | .charm => .strange
  | .strange => .charm
  | .top => .bottom
  | .bottom => .top

/-- The electric charge of a word of quarks, in thirds. -/
def wordCharge : List Quark → Int
  | [] => 0
  | q :: w => quarkCharge q + wordCharge w

/-- The electric charge of a meson made of a quark and an antiquark, in thirds. -/
def mesonCharge (q r : Quark) : Int := quarkCharge q - quarkCharge r

/-- The electric charge of a baryon, in thirds. -/
def baryonCharge (q r s : Quark) : Int := quarkCharge q + quarkCharge r + quarkCharge s

/-- Gell-Mann–Nishijima: `Q = I₃ + (B + S + C + B' + T)/2`, times six. -/
theorem gellMann_nishijima (q : Quark) : 2 * quarkCharge q = 3 * twiceIsospin q + 1 + 3 * flavourNumber q := by
  cases q <;> rfl

/-- Quarks have charge two thirds or minus one third. -/
theorem quarkCharge_values (q : Quark) : quarkCharge q = 2 ∨ quarkCharge q = -1 := by
  cases q <;> simp [quarkCharge]

/-- No quark is neutral. -/
theorem quarkCharge_ne_zero (q : Quark) : quarkCharge q ≠ 0 := by
  rcases quarkCharge_values q with h | h <;> simp [h]

/-- All quark charges leave the same remainder: they differ by whole charges. -/
theorem quarkCharge_mod (q : Quark) : quarkCharge q % 3 = 2 := by
  rcases quarkCharge_values q with h | h <;> simp [h]

/-- The weak partner of the weak partner is the quark itself. -/
theorem weakPartner_weakPartner (q : Quark) : weakPartner (weakPartner q) = q := by
  cases q <;> rfl

/-- Weak partners are of the same generation. -/
theorem generation_weakPartner (q : Quark) : generation (weakPartner q) = generation q := by
  cases q <;> rfl

/-- Weak partners differ by one whole charge: together they have one third. -/
theorem quarkCharge_weakPartner (q : Quark) : quarkCharge q + quarkCharge (weakPartner q) = 1 := by
  cases q <;> rfl

/-- A quark is determined by its generation and its charge. -/
theorem quark_ext (q r : Quark) (h1 : generation q = generation r) (h2 : quarkCharge q = quarkCharge r) : q = r := by
  cases q <;> cases r <;> simp_all [generation, quarkCharge]

/-- In every generation there is a quark of charge two thirds. -/
theorem exists_up_type (g : Nat) (h1 : 1 ≤ g) (h3 : g ≤ 3) : ∃ q, generation q = g ∧ quarkCharge q = 2 := by
  have h : g = 1 ∨ g = 2 ∨ g = 3 := by omega
  rcases h with h | h | h
  · exact ⟨.up, by simp [generation, quarkCharge, h]⟩
  · exact ⟨.charm, by simp [generation, quarkCharge, h]⟩
  · exact ⟨.top, by simp [generation, quarkCharge, h]⟩

/-- The proton has charge one. -/
theorem proton_charge : baryonCharge .up .up .down = 3 := by
  rfl

/-- The neutron is neutral. -/
theorem neutron_charge : baryonCharge .up .down .down = 0 := by
  rfl

/-- Beta decay of a quark of charge minus one third raises the charge of the baryon by one. -/
theorem beta_decay_charge (q r s : Quark) (h : quarkCharge q = -1) :
    baryonCharge (weakPartner q) r s = baryonCharge q r s + 3 := by
  have h1 := quarkCharge_weakPartner q
  simp only [baryonCharge]
  omega

/-- Baryons have whole charges. -/
theorem baryonCharge_whole (q r s : Quark) : baryonCharge q r s % 3 = 0 := by
  have h1 := quarkCharge_mod q
  have h2 := quarkCharge_mod r
  have h3 := quarkCharge_mod s
  simp only [baryonCharge]
  omega

/-- Mesons have whole charges. -/
theorem mesonCharge_whole (q r : Quark) : mesonCharge q r % 3 = 0 := by
  cases q <;> cases r <;> rfl

/-- The antiparticle of a meson has the opposite charge. -/
theorem mesonCharge_swap (q r : Quark) : mesonCharge r q = -mesonCharge q r := by
  simp only [mesonCharge]
  omega

/-- A quarkonium is neutral. -/
theorem quarkonium_neutral (q : Quark) : mesonCharge q q = 0 := by
  simp [mesonCharge]

/-- A baryon is never charged more than twice. -/
theorem baryonCharge_le (q r s : Quark) : baryonCharge q r s ≤ 6 := by
  cases q <;> cases r <;> cases s <;> decide

/-- There is a baryon of charge two. -/
theorem exists_doubly_charged : ∃ q r s, baryonCharge q r s = 6 := by
  exact ⟨.up, .up, .up, rfl⟩

/-- Charges of words add. -/
theorem wordCharge_append (v w : List Quark) : wordCharge (v ++ w) = wordCharge v + wordCharge w := by
  induction v with
  | nil => simp [wordCharge]
  | cons q v ih => grind [wordCharge]

/-- The charge of `n` equal quarks. -/
theorem wordCharge_replicate (q : Quark) (n : Nat) : wordCharge (List.replicate n q) = n * quarkCharge q := by
  induction n with
  | zero => simp [wordCharge]
  | succ n ih => simp only [List.replicate_succ, wordCharge, ih]; grind

/-- The charge of a word of quarks, in thirds, is minus its length up to a multiple of three. -/
theorem wordCharge_mod (w : List Quark) : (wordCharge w + w.length) % 3 = 0 := by
  induction w with
  | nil => rfl
  | cons q w ih => cases q <;> simp [wordCharge, quarkCharge] <;> omega

end PhysCore.Particles
