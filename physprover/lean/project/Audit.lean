/-
What a submission compiled to, judged as data: no import of it, none of its initialisers, macros or options.

  lean --run Audit.lean CHALLENGE.olean SUBMISSION.olean THEOREM HEADER NONCE

HEADER is `untrusted` (its inductive types are the submission's, its holes refused), `trusted` (its holes are named), or
`proved` (trusted, and the theorems that it states with `sorry` are proved elsewhere).

The challenge is header and statement compiled by us with `sorry` for a proof. The submission must hold every constant of
the challenge unchanged; what it adds is replayed through the kernel on our own library; the theorem must be there, with
the challenge's type, on no axiom but the three and those of the header. One JSON object on standard output says so.
-/
import Lean.Replay
import Lean.Util.FoldConsts
import Lean.Data.Json

open Lean

namespace Audit

def standard : List Name := [``propext, ``Classical.choice, ``Quot.sound]

abbrev Table := Std.HashMap Name ConstantInfo

def table (data : ModuleData) : Table :=
  (data.constNames.zip data.constants).foldl (fun found (name, info) => found.insert name info) {}

def used (info : ConstantInfo) : Array Name :=
  let value := match info with
    | .thmInfo t => t.value.getUsedConstants
    | .defnInfo d => d.value.getUsedConstants
    | .opaqueInfo o => o.value.getUsedConstants
    | .inductInfo i => i.ctors.toArray
    | _ => #[]
  info.type.getUsedConstants ++ value

/-- Same kind, universes and type; same value too, except for proofs. -/
def same : ConstantInfo → ConstantInfo → Bool
  | .thmInfo a, .thmInfo b => a.toConstantVal == b.toConstantVal
  | .axiomInfo a, .axiomInfo b => a == b
  | .defnInfo a, .defnInfo b => a == b
  | .opaqueInfo a, .opaqueInfo b => a == b
  | .inductInfo a, .inductInfo b => a.toConstantVal == b.toConstantVal && a.numParams == b.numParams
    && a.numIndices == b.numIndices && a.all == b.all && a.ctors == b.ctors && a.isUnsafe == b.isUnsafe
  | .ctorInfo a, .ctorInfo b => a == b
  | .recInfo a, .recInfo b => a == b
  | _, _ => false

/-- The theorem whose proof we left out: its name ends as the statement's text says. -/
def target (challenge : Table) (suffix : Name) : Except String Name :=
  let holes := challenge.toList.filter fun (name, info) =>
    (info matches .thmInfo _) && suffix.isSuffixOf name && (used info).contains ``sorryAx
  match holes with
  | [(name, _)] => .ok name
  | _ => .error s!"{holes.length} theorems named {suffix} in the challenge"

/-- What `root` rests on, through proofs and values of everything, library included: axioms, and the declarations of the
header that hold a `sorry` (`hole`); what `proved` says is proved elsewhere is not looked into. -/
partial def restsOn (find : Name → Option ConstantInfo) (hole proved : Name → Bool) (root : Name) : Except String (List Name × List Name) := do
  let rec visit (pending : List Name) (seen : NameSet) (axioms holes : List Name) : Except String (List Name × List Name) :=
    match pending with
    | [] => .ok (axioms, holes)
    | name :: rest =>
      if seen.contains name then visit rest seen axioms holes else
      match find name with
      | none => .error s!"unknown constant {name}"
      | some info =>
        if info.isUnsafe || info.isPartial then .error s!"{name} is not safe" else
        if proved name then visit rest (seen.insert name) axioms holes else
        let axioms := match info with | .axiomInfo _ => name :: axioms | _ => axioms
        let isHole := hole name
        let next := if isHole then (used info).toList.filter (· != ``sorryAx) else (used info).toList
        visit (next ++ rest) (seen.insert name) axioms (if isHole then name :: holes else holes)
  visit [root] {} [] []

/-! The inductive types that a submission may declare: the same class as `embedded/inductive_form.cjs`, where the reasons are. -/

def telescope : Expr → Array Expr × Expr
  | .forallE _ domain body _ => let (domains, last) := telescope body; (#[domain] ++ domains, last)
  | last => (#[], last)

/-- `type` is, as written, a telescope of `arity` arguments before a `Sort`. -/
def endsInSort (type : Expr) (arity : Nat) : Bool :=
  let (domains, last) := telescope type
  domains.size == arity && last.isSort

/-- The sort of type `e` shows without reduction; `known`: types of the variables it may name, outermost first. -/
partial def hasPlainSort (typeOf : Name → Option Expr) (e : Expr) (known : Array Expr) : Bool := Id.run do
  let (domains, last) := telescope e
  let mut context := known
  for domain in domains do
    unless hasPlainSort typeOf domain context do return false
    context := context.push domain
  let arity := last.getAppNumArgs
  match last.getAppFn with
  | .sort _ => return arity == 0
  | .bvar i => return i < context.size && endsInSort context[context.size - 1 - i]! arity
  | .const name _ => return (typeOf name).any (endsInSort · arity)
  | _ => return false

def projects (e : Expr) : Bool := (e.find? (· matches .proj ..)).isSome

/-- `I params indices` below `depth` binders of which the parameters are the outermost; a reason when it is not that. -/
def occurrenceFault (e : Expr) (allowed : List Name) (mentions : Expr → Bool) (own : InductiveVal) (depth : Nat) : Option String := Id.run do
  let .const name levels := e.getAppFn | return some "has its family inside another type"
  unless allowed.contains name do return some "has its family inside another type"
  unless levels == own.levelParams.map Level.param do return some "has its family at other universes"
  let arguments := e.getAppArgs
  for i in [0:own.numParams] do
    unless arguments[i]? == some (.bvar (depth - 1 - i)) do return some "has its family with other parameters"
  if arguments.any mentions then return some "has its family in an index"
  return none

def constructorFault (typeOf : Name → Option Expr) (own : InductiveVal) (constructor : ConstantVal) (mentions : Expr → Bool) : Option String := Id.run do
  if constructor.levelParams != own.levelParams then return some "has other universe parameters than its type"
  if projects constructor.type then return some "has a primitive projection in a field"
  let (domains, last) := telescope constructor.type
  if domains.size < own.numParams then return some "has fewer arguments than its type has parameters"
  for i in [0:domains.size] do
    let domain := domains[i]!
    unless hasPlainSort typeOf domain domains[0:i] do return some s!"has a field (argument {i + 1}) whose sort cannot be read off"
    unless mentions domain do continue
    if i < own.numParams then return some "mentions its family in a parameter"
    let (inner, result) := telescope domain
    if inner.any mentions then return some "has its family to the left of an arrow in a field"
    if let some reason := occurrenceFault result own.all mentions own (i + inner.size) then return some s!"{reason} in a field"
  return occurrenceFault last [own.name] mentions own domains.size

/-- Why an inductive type of the submission is outside the class; none when it is inside. -/
def formFault (typeOf : Name → Option Expr) (constants : Table) (own : InductiveVal) : Option String := Id.run do
  let mentions (e : Expr) : Bool := (e.find? fun part => own.all.any part.isConstOf).isSome
  let (domains, last) := telescope own.type
  if projects own.type then return some s!"{own.name} has a primitive projection in its type"
  unless last.isSort do return some s!"{own.name} does not end in a sort as written"
  if domains.size < own.numParams then return some s!"{own.name} has fewer arguments than parameters"
  if mentions own.type then return some s!"{own.name} mentions its own family in its type"
  for other in own.all do
    match constants[other]? with
    | some (.inductInfo info) =>
      if info.numParams != own.numParams || info.levelParams != own.levelParams then return some s!"{own.name} has other parameters than its family"
    | _ => return some s!"{own.name} lacks its family"
  for name in own.ctors do
    let some (.ctorInfo constructor) := constants[name]? | return some s!"{own.name} lacks a constructor"
    if let some reason := constructorFault typeOf own constructor.toConstantVal mentions then return some s!"{name} {reason}"
  return none

structure Finding where
  outcome : String
  check : String := ""
  detail : String := ""
  axioms : List String := []
  holes : List String := []
  nonce : String
  deriving ToJson

def refuse (nonce check detail : String) : Finding := { outcome := "cheated", check, detail, nonce }

def audit (challenge submission : ModuleData) (suffix : Name) (header : String) (nonce : String) : IO Finding := do
  let ours := table challenge
  let theirs := table submission
  let .ok name := target ours suffix | return { outcome := "invalid", detail := s!"no single theorem {suffix}", nonce }
  if challenge.imports.map (·.module) != submission.imports.map (·.module) then
    return refuse nonce "statement binding" "other imports than the problem's"
  for (known, info) in ours.toList do
    if known == name || !(name.isPrefixOf known) then
      let some other := theirs[known]? | return refuse nonce "statement binding" s!"{known} is gone"
      unless same info other do return refuse nonce "statement binding" s!"{known} was changed"
  let base ← importModules challenge.imports {}
  let typeOf (name : Name) : Option Expr := (theirs[name]?.map (·.type)).orElse fun _ => (base.find? name).map (·.type)
  for (own, info) in theirs.toList do
    if header != "untrusted" && ours.contains own then continue -- the problem's own, held unchanged
    if let .inductInfo inductive_ := info then
      if let some reason := formFault typeOf theirs inductive_ then return refuse nonce "inductive form" s!"inductive type: {reason}"
  let replayed ← try pure (Except.ok (← base.replay theirs)) catch error => pure (Except.error error.toString)
  match replayed with
  | .error reason => return refuse nonce "kernel replay" reason
  | .ok environment =>
    let inHeader (c : Name) := header != "untrusted" && c != name && (ours[c]?).any fun info => (used info).contains ``sorryAx
    let proved (c : Name) := header == "proved" && inHeader c && ((ours[c]?) matches some (.thmInfo _))
    match restsOn environment.find? inHeader proved name with
    | .error reason => return refuse nonce "axiom audit" reason
    | .ok (found, holes) =>
      for ax in found do
        let trusted := match ours[ax]? with | some (.axiomInfo _) => true | _ => standard.contains ax
        unless trusted do return refuse nonce "axiom audit" s!"rests on {ax}"
      let named := if holes.isEmpty then found else ``sorryAx :: found
      return { outcome := "proved", axioms := named.map toString, holes := holes.map toString, nonce }

end Audit

def main (arguments : List String) : IO UInt32 := do
  let [challenge, submission, suffix, header, nonce] := arguments | return 2
  initSearchPath (← findSysroot)
  let (ours, _) ← readModuleData challenge
  let (theirs, _) ← readModuleData submission
  let finding ← Audit.audit ours theirs suffix.toName header nonce
  IO.println (toJson finding).compress
  return 0
