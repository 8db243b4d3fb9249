/-
What a submission compiled to, judged as data: no import of it, none of its initialisers, macros or options.

  lean --run Audit.lean CHALLENGE.olean SUBMISSION.olean THEOREM NONCE

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

/-- Axioms that `root` rests on, through proofs and values of everything, library included. -/
partial def axiomsOf (find : Name → Option ConstantInfo) (root : Name) : Except String (List Name) := do
  let rec visit (pending : List Name) (seen : NameSet) (found : List Name) : Except String (List Name) :=
    match pending with
    | [] => .ok found
    | name :: rest =>
      if seen.contains name then visit rest seen found else
      match find name with
      | none => .error s!"unknown constant {name}"
      | some info =>
        if info.isUnsafe || info.isPartial then .error s!"{name} is not safe" else
        let found := match info with | .axiomInfo _ => name :: found | _ => found
        visit ((used info).toList ++ rest) (seen.insert name) found
  visit [root] {} []

structure Finding where
  outcome : String
  check : String := ""
  detail : String := ""
  axioms : List String := []
  nonce : String
  deriving ToJson

def refuse (nonce check detail : String) : Finding := { outcome := "cheated", check, detail, nonce }

def audit (challenge submission : ModuleData) (suffix : Name) (nonce : String) : IO Finding := do
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
  let replayed ← try pure (Except.ok (← base.replay theirs)) catch error => pure (Except.error error.toString)
  match replayed with
  | .error reason => return refuse nonce "kernel replay" reason
  | .ok environment =>
    match axiomsOf environment.find? name with
    | .error reason => return refuse nonce "axiom audit" reason
    | .ok found =>
      for ax in found do
        let trusted := match ours[ax]? with | some (.axiomInfo _) => true | _ => standard.contains ax
        unless trusted do return refuse nonce "axiom audit" s!"rests on {ax}"
      return { outcome := "proved", axioms := found.map toString, nonce }

end Audit

def main (arguments : List String) : IO UInt32 := do
  let [challenge, submission, suffix, nonce] := arguments | return 2
  initSearchPath (← findSysroot)
  let (ours, _) ← readModuleData challenge
  let (theirs, _) ← readModuleData submission
  let finding ← Audit.audit ours theirs suffix.toName nonce
  IO.println (toJson finding).compress
  return 0
