// Lean objects in wasm32 memory, seen from JavaScript: reading fields, building constructors, counting references.
// An object is an i32 reference count, u16 size, u8 number of object fields, u8 tag, then 4-byte fields, then scalars.
"use strict";

class LeanError extends Error {} // what a Lean program threw, no trap

class Lean {
  constructor(module) {
    this.module = module;
    this.E = symbols(module);
    this.names = new Map(); // "A.b" -> Name object kept for ever
    this.inKernel = false; // see server.cjs
    this.late = false; // past the deadline of the request, likewise
  }

  // -- reading ---------------------------------------------------------------
  box(n) { return (n << 1) | 1; }
  isTrue(p) { return p !== this.box(0); }
  isScalar(p) { return (p & 1) === 1; }
  tag(p) { return this.isScalar(p) ? p >>> 1 : this.module.u8[p + 7]; }
  field(p, i) { return this.module.i32[(p + 8 + 4 * i) >> 2]; }
  byte(p, fields, i) { return this.module.u8[p + 8 + 4 * fields + i]; }
  setByte(p, fields, i, value) { this.module.u8[p + 8 + 4 * fields + i] = value; }
  text(p) {
    const bytes = this.module.u8;
    return Buffer.from(bytes.buffer, p + 20, this.field(p, 0) - 1).toString("utf8");
  }
  *array(p) { for (let i = 0; i < this.field(p, 0); i++) yield this.field(p, 2 + i); }
  *list(p) { for (; !this.isScalar(p); p = this.field(p, 1)) yield this.field(p, 0); }
  *values(map) { // of a tree map: size, key, value, left, right
    for (; !this.isScalar(map); map = this.field(map, 4)) { yield this.field(map, 2); yield* this.values(this.field(map, 3)); }
  }
  nat(p) { return this.isScalar(p) ? String(p >>> 1) : this.takeText(this.call("l_Nat_reprFast", this.share(p))); }
  name(p) { // unambiguous text of a Name: parts joined by U+0001, numbers marked by U+0002
    let out = "";
    for (; !this.isScalar(p); p = this.field(p, 0)) {
      const last = this.field(p, 1);
      out = (this.tag(p) === 1 ? this.text(last) : "\u0002" + this.nat(last)) + (out ? "\u0001" + out : "");
    }
    return out;
  }
  shownName(p) { return this.name(p).replace(/\u0001/g, ".").replace(/\u0002/g, ""); }

  // -- references --------------------------------------------------------------
  share(p) { // one more owner
    if (!this.isScalar(p)) {
      const i32 = this.module.i32, rc = i32[p >> 2];
      if (rc > 0) i32[p >> 2] = rc + 1;
      else if (rc < 0) Atomics.sub(i32, p >> 2, 1);
    }
    return p;
  }
  drop(p) { // one owner fewer
    if (this.isScalar(p)) return;
    const rc = this.module.i32[p >> 2];
    if (rc > 1) this.module.i32[p >> 2] = rc - 1;
    else if (rc !== 0) this.E.lean_dec_ref_cold(p);
  }

  // -- building ----------------------------------------------------------------
  string(text) {
    const bytes = Buffer.from(text, "utf8"), at = this.E.malloc(bytes.length + 1);
    this.module.u8.set(bytes, at);
    const p = this.E.lean_mk_string_from_bytes(at, bytes.length);
    this.E.free(at);
    return p;
  }
  takeText(p) { const text = this.text(p); this.drop(p); return text; }
  ctor(tag, fields, scalars = []) {
    const size = (8 + 4 * fields.length + scalars.length + 7) & ~7, p = this.E.lean_alloc_object(size);
    const { i32, u8 } = this.module;
    i32[p >> 2] = 1;
    u8[p + 4] = size & 255; u8[p + 5] = size >> 8; u8[p + 6] = fields.length; u8[p + 7] = tag;
    fields.forEach((v, i) => { i32[(p + 8 + 4 * i) >> 2] = v; });
    for (let k = 8 + 4 * fields.length; k < size; k++) u8[p + k] = scalars[k - 8 - 4 * fields.length] ?? 0;
    return p;
  }
  copyWith(p, i, value) { // the same constructor with object field `i` replaced; owns `value`, borrows `p`
    const { u8 } = this.module, size = u8[p + 4] | (u8[p + 5] << 8), fields = u8[p + 6];
    const copy = this.E.lean_alloc_object(size);
    this.module.u8.copyWithin(copy, p, p + size);
    this.module.i32[copy >> 2] = 1;
    for (let k = 0; k < fields; k++) if (k !== i) this.share(this.field(copy, k));
    this.module.i32[(copy + 8 + 4 * i) >> 2] = value;
    return copy;
  }
  listOf(items) { return items.reduceRight((tail, head) => this.ctor(1, [head, tail]), this.box(0)); }
  makeNat(decimal) {
    if (decimal.length < 10) return this.box(Number(decimal));
    const at = this.cstring(decimal), p = this.E.lean_cstr_to_nat(at);
    this.E.free(at);
    return p;
  }
  cstring(text) {
    const bytes = Buffer.from(text + "\0", "utf8"), at = this.E.malloc(bytes.length);
    this.module.u8.set(bytes, at);
    return at;
  }
  makeName(text) { // inverse of name(); shared, never freed
    if (text === "") return this.box(0);
    let p = this.names.get(text);
    if (p === undefined) {
      const cut = text.lastIndexOf("\u0001"), prefix = this.makeName(cut < 0 ? "" : text.slice(0, cut));
      const last = text.slice(cut + 1);
      p = last.startsWith("\u0002")
        ? this.E.lean_name_mk_numeral(prefix, this.makeNat(last.slice(1)))
        : this.E.lean_name_mk_string(prefix, this.string(last));
      this.E.lean_mark_persistent(p);
      this.names.set(text, p);
    }
    return p;
  }

  setField(p, i, value) { // owns `value`
    const old = this.field(p, i);
    this.module.i32[(p + 8 + 4 * i) >> 2] = value;
    this.drop(old);
  }

  // -- calling -----------------------------------------------------------------
  // The boxed variant, where there is one, owns every argument and takes scalars boxed: one rule for all functions.
  call(symbol, ...args) { return (this.E[symbol + "___boxed"] ?? this.E[symbol])(...args); }
  io(result) { // value of an IO result; throws what Lean threw
    const value = this.share(this.field(result, 0)), failed = this.tag(result) === 1;
    this.drop(result);
    if (!failed) return value;
    throw new LeanError("Lean IO error: " + this.takeText(this.call("lean_io_error_to_string", value)));
  }
}

// Every symbol by name: the script's own exports, else a function in the table or `{value: address}` of a datum.
function symbols(module) {
  const known = new Map();
  const look = name => {
    const exported = module.exports[name], address = exported === undefined ? module.symbol(name) : undefined;
    return address === undefined ? exported : address > 0 ? module.table.get(address) : { value: -address };
  };
  return new Proxy({}, {
    get(_, name) {
      let value = known.get(name);
      if (value === undefined && !known.has(name)) known.set(name, value = look(name));
      return value;
    },
  });
}

module.exports = { Lean, LeanError };
