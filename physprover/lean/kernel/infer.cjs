// Types of terms. `check` verifies a term whole and gives its type; `infer` computes the type of a term known to have one.
"use strict";

const levels = require("./level.cjs");
const { APP, BVAR, CONST, FVAR, LAM, LET, NAT, PI, PROJ, SORT, STR, close, constant, fresh, fvar, head, instantiate, instantiate1, pi, proj, sort, spine, abstract, step } = require("./term.cjs");
const { Comparer } = require("./equal.cjs");
const { Refused } = require("./errors.cjs");
const { shown } = require("./declaration.cjs");

class Checker extends Comparer {
  check(t) { return this.typeOf(t, true); }
  infer(t) { return this.typeOf(t, false); }

  typeOf(t, checking) {
    fresh(t);
    if (t.type !== null && (t.checked || !checking)) return t.type;
    step();
    const type = this.rule(t, checking);
    fresh(t).type = type;
    if (checking) t.checked = true;
    return type;
  }

  rule(t, checking) {
    switch (t.tag) {
      case FVAR: return t.b;
      case SORT: return sort(levels.succ(t.a));
      case CONST:
        if (t.a.kind === "hidden") return t.a.type; // there is none: throws
        if (t.b.items.length !== t.a.params.length) throw new Refused(`${shown(t.a.name)} takes ${t.a.params.length} universe levels, not ${t.b.items.length}`);
        return t.a.typeAt(t.b);
      case APP: return this.application(t, checking);
      case LAM: return this.lambda(t, checking);
      case PI: return this.product(t, checking);
      case LET: return this.let_(t, checking);
      case NAT: if (this.literals.natType === null) throw new Refused("a number literal without the type Nat"); return this.literals.natType;
      case STR: if (this.literals.stringType === null) throw new Refused("a text literal without the type String"); return this.literals.stringType;
      case PROJ: return this.projection(t, checking);
      default: throw new Refused("a bound variable without its binder");
    }
  }

  application(t, checking) {
    const args = spine(t), f = head(t);
    let type = this.typeOf(f, checking), from = 0; // `type` lacks args[from..i)
    for (let i = 0; i < args.length; i++) {
      if (type.tag !== PI) {
        type = this.whnf(instantiate(type, args, from, i));
        from = i;
        if (type.tag !== PI) throw new Refused(`${describe(f)} is applied to an argument too many`);
      }
      if (checking) {
        const wanted = instantiate(type.a, args, from, i), found = this.typeOf(args[i], true);
        if (wanted !== found && !this.equal(found, wanted)) throw new Refused(`argument ${i + 1} of ${describe(f)} has another type than the one it takes`);
      }
      type = type.b;
    }
    return instantiate(type, args, from);
  }

  lambda(t, checking) {
    const vars = [], depth = t.fv;
    let body = t;
    while (body.tag === LAM) {
      const type = instantiate(body.a, vars);
      if (checking) this.sortOf(type, true);
      vars.push(fvar(depth + vars.length, type));
      body = body.b;
    }
    return close(PI, this.typeOf(instantiate(body, vars), checking), vars);
  }

  product(t, checking) {
    const vars = [], sorts = [], depth = t.fv;
    let body = t;
    while (body.tag === PI) {
      const type = instantiate(body.a, vars);
      sorts.push(this.sortOf(type, checking));
      vars.push(fvar(depth + vars.length, type));
      body = body.b;
    }
    let level = this.sortOf(instantiate(body, vars), checking);
    for (let i = sorts.length - 1; i >= 0; i--) level = levels.imax(sorts[i], level);
    return sort(level);
  }

  let_(t, checking) {
    if (checking) {
      this.sortOf(t.a, true);
      if (!this.equal(this.typeOf(t.b, true), t.a)) throw new Refused("a `let` whose value has another type");
    }
    return this.typeOf(instantiate1(t.c, t.b), checking);
  }

  // Field `t.b` of the structure `t.a`. Its type may speak of the fields before it, as projections that must be allowed too:
  // a proof gives no data.
  projection(t, checking) {
    const type = this.whnf(this.typeOf(t.c, checking)), f = head(type), args = spine(type);
    if (f.tag !== CONST || f.a !== t.a || f.a.kind !== "inductive") throw new Refused(`a projection of ${shown(t.a.name)} from a value of another type`);
    const { constructors, numParams, numIndices } = f.a.data;
    if (constructors.length !== 1 || numIndices !== 0 || args.length !== numParams) throw new Refused(`a projection from ${shown(f.a.name)}, which is no structure`);
    const [made] = constructors, isProof = this.isProposition(type);
    if (!(t.b < made.data.numFields)) throw new Refused(`${shown(f.a.name)} has no field ${t.b}`);
    let rest = instantiateAll(this, made.typeAt(f.b), args);
    for (let i = 0; ; i++) {
      rest = this.whnf(rest);
      if (rest.tag !== PI) throw new Refused(`${shown(made.name)} has fewer fields than its type says`);
      const needed = i === t.b || rest.b.loose > 0;
      if (isProof && needed && !this.isProposition(rest.a)) throw new Refused(`a projection of data from a proof of ${shown(f.a.name)}`);
      if (i === t.b) return rest.a;
      rest = instantiate1(rest.b, proj(t.a, i, t.c));
    }
  }

  // The level of a type; refuses what is none.
  sortOf(type, checking) {
    const s = this.whnf(this.typeOf(type, checking));
    if (s.tag !== SORT) throw new Refused(`${describe(head(type))} is used as a type and is none`);
    return s.a;
  }
  isProposition(type) { return levels.isZero(this.sortOf(type, false)); }
}

// The type of a constructor after its parameters.
function instantiateAll(checker, type, args) {
  for (const x of args) {
    type = checker.whnf(type);
    if (type.tag !== PI) throw new Refused("a constructor with fewer parameters than its type");
    type = instantiate1(type.b, x);
  }
  return type;
}

function describe(f) { return f.tag === CONST ? shown(f.a.name) : f.tag === LAM ? "a function" : "a term"; }

module.exports = { Checker, describe };
