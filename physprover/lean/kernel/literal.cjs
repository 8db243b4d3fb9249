// Numbers and texts as literals: which constants compute on them, and what they are as constructors.
"use strict";

const { Exhausted } = require("./errors.cjs");
const { app, apply, bvar, constant, levelList, nat, noLevels, pi, sort } = require("./term.cjs");
const levels = require("./level.cjs");

const MAX_EXPONENT = 1n << 24n; // as Lean's: a larger power is left to unfolding
const MAX_BITS = 1 << 26;

const bits = n => n === 0n ? 0 : 4 * n.toString(16).length;
function bounded(size, compute) {
  if (size > MAX_BITS) throw new Exhausted("memory", "a number of more than 8 MiB");
  return compute();
}
function gcd(a, b) { while (b !== 0n) [a, b] = [b, a % b]; return a; }
function log2(a) { return a === 0n ? 0n : BigInt(a.toString(2).length - 1); }

// Name -> function of natural numbers. Undefined where it is left to unfolding. Subtraction stops at 0, division by 0 is 0.
const BINARY = new Map(Object.entries({
  add: (a, b) => a + b,
  sub: (a, b) => a > b ? a - b : 0n,
  mul: (a, b) => bounded(bits(a) + bits(b), () => a * b),
  div: (a, b) => b === 0n ? 0n : a / b,
  mod: (a, b) => b === 0n ? a : a % b,
  gcd,
  land: (a, b) => a & b, lor: (a, b) => a | b, xor: (a, b) => a ^ b,
  shiftLeft: (a, b) => b > MAX_EXPONENT ? undefined : bounded(bits(a) + Number(b), () => a << b),
  shiftRight: (a, b) => b > BigInt(bits(a)) ? 0n : a >> b,
  pow: (a, b) => b > MAX_EXPONENT ? undefined : bounded(bits(a) * Number(b), () => a ** b),
  beq: (a, b) => a === b, ble: (a, b) => a <= b,
}));

// The constants that literals stand for, looked up in an environment once: absent ones are null.
class Literals {
  constructor(find) {
    const of = (name, kind) => { const d = find(name.replace(/\./g, "\u0001")); return d !== undefined && d.kind === kind ? d : null; };
    this.Nat = of("Nat", "inductive");
    this.zero = of("Nat.zero", "constructor");
    this.succ = of("Nat.succ", "constructor");
    const usable = this.Nat !== null && this.zero !== null && this.succ !== null && isNat(this);
    if (!usable) this.Nat = this.zero = this.succ = null;
    this.true_ = of("Bool.true", "constructor");
    this.false_ = of("Bool.false", "constructor");
    this.String = of("String", "inductive");
    this.ofList = of("String.ofList", "definition") ?? of("String.ofList", "constructor");
    this.ofNat = of("Char.ofNat", "definition");
    this.Char = of("Char", "inductive");
    this.cons = of("List.cons", "constructor");
    this.nil = of("List.nil", "constructor");
    this.natType = usable ? constant(this.Nat, noLevels) : null;
    this.zeroTerm = usable ? constant(this.zero, noLevels) : null;
    this.succTerm = usable ? constant(this.succ, noLevels) : null;
    this.trueTerm = this.true_ && constant(this.true_, noLevels);
    this.falseTerm = this.false_ && constant(this.false_, noLevels);
    this.stringType = usable && isString(this) ? constant(this.String, noLevels) : null;
    this.binary = new Map(); // Declaration -> function, for those that `trust` names
    this.log2 = null;
  }

  // Let a constant compute: its declaration is known to be what the function says. (A module can hide a definition's value:
  // then the library declares it without one, as an axiom, and its name says what it is.)
  trust(find, trusted) {
    if (this.Nat === null) return this;
    for (const [name, compute] of BINARY) {
      const d = find("Nat\u0001" + name);
      if (d !== undefined && (d.kind === "definition" || d.kind === "axiom") && trusted(d) && (!["beq", "ble"].includes(name) || (this.true_ && this.false_))) this.binary.set(d, compute);
    }
    const d = find("Nat\u0001log2");
    if (d !== undefined && (d.kind === "definition" || d.kind === "axiom") && trusted(d)) this.log2 = d;
    return this;
  }

  result(value) { return typeof value === "bigint" ? nat(value) : value ? this.trueTerm : this.falseTerm; }
  natConstructor(t) { return t.a === 0n ? this.zeroTerm : apply(this.succTerm, [nat(t.a - 1n)]); }
  // "ab" is String.ofList [Char.ofNat 97, Char.ofNat 98]
  stringTerm(t) {
    const list = levelList([levels.zero]), char = constant(this.Char, noLevels), of = constant(this.ofNat, noLevels), cons = constant(this.cons, list);
    let out = apply(constant(this.nil, list), [char]);
    for (const c of [...t.a].reverse()) out = apply(cons, [char, apply(of, [nat(BigInt(c.codePointAt(0)))]), out]);
    return apply(constant(this.ofList, noLevels), [out]);
  }
}

// Nat must be the type of numbers: two constructors, zero and a successor.
function isNat({ Nat, zero, succ }) {
  const { constructors, numParams, numIndices } = Nat.data;
  const type = constant(Nat, noLevels);
  return Nat.params.length === 0 && numParams === 0 && numIndices === 0 && constructors.length === 2 && constructors[0] === zero && constructors[1] === succ
    && zero.type === type && succ.type.a === type && succ.type.b === type;
}

// A text is a value of String only if what it stands for is one: the constants that `stringTerm` applies have the types for it.
function isString({ natType, String, ofList, ofNat, Char, cons, nil }) {
  if ([String, ofList, ofNat, Char, cons, nil].some(d => d === null)) return false;
  if ([String, ofList, ofNat, Char].some(d => d.params.length !== 0) || [cons, nil].some(d => d.params.length !== 1 || d.data.inductive !== nil.data.inductive)) return false;
  const at = levelList([levels.zero]), of = x => app(constant(nil.data.inductive, at), x);
  const string = constant(String, noLevels), char = constant(Char, noLevels), element = bvar(0), type = sort(levels.one);
  return ofList.type === pi(of(char), string) && ofNat.type === pi(natType, char)
    && nil.typeAt(at) === pi(type, of(element)) && cons.typeAt(at) === pi(type, pi(element, pi(of(bvar(1)), of(bvar(2)))));
}

module.exports = { Literals, log2, BINARY };
