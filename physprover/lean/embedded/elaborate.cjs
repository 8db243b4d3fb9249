// Elaboration of Lean text on a kept command state: headers once, then statements and submissions on top of them.
// Everything runs on the main thread (`Frontend.processCommands`), so no background task outlives a request.
"use strict";

const { Importer } = require("./importer.cjs");

const SEVERITY = ["info", "warning", "error"];
const MESSAGE_LIMIT = 4, TEXT_LIMIT = 2000;
const ERROR = 2;

class Elaborator {
  constructor(lean, libraryDir) {
    this.lean = lean;
    const { E } = lean;
    E.lean_initialize();
    E.lean_enable_initializer_execution();
    E.l_Lean_initSearchPath(lean.string(libraryDir), lean.ctor(1, [lean.string(libraryDir + "/lib"), lean.box(0)]));
    E.lean_io_mark_end_initialization();
    E.lean_init_task_manager_using(1);
    this.options = lean.module.i32[E.l_Lean_Options_empty.value >> 2];
    this.importer = new Importer(lean, this.options);
  }

  base(modules = ["Init"]) { return this.freshState(this.importer.environment(modules)); } // right after the imports

  freshState(environment) {
    const { lean } = this;
    return lean.call("l_Lean_Elab_Command_mkState", environment, this.noMessages(), this.options);
  }

  noMessages() {
    this.emptyLog ??= this.lean.module.i32[this.lean.E.l_Lean_MessageLog_empty.value >> 2];
    return this.lean.share(this.emptyLog);
  }

  // What Lean's own parser reads before the first command (`module`, every form of `import`, comments): the modules to
  // import, where the commands begin (bytes of UTF-8), and its error messages.
  readImports(text) {
    const { lean } = this, read = lean.io(lean.call("l_Lean_Parser_parseHeader", this.input(text))), rest = lean.field(read, 1);
    const imports = lean.call("l_Lean_Elab_HeaderSyntax_imports", lean.share(lean.field(read, 0)), lean.box(1)), modules = [];
    for (let i = 0; i < lean.field(imports, 0); i++) modules.push(lean.name(lean.field(lean.field(imports, 2 + i), 0)).replace(/\u0001/g, "."));
    const log = lean.field(rest, 1), messages = this.isFaulty(log) ? this.listed(log) : [];
    const position = Number(lean.nat(lean.field(lean.field(rest, 0), 0)));
    lean.drop(imports); lean.drop(read);
    return { modules, position, messages };
  }

  input(text) { return this.lean.call("l_Lean_Parser_mkInputContext___redArg", this.lean.string(text), this.lean.string("<input>"), this.lean.box(1)); }

  // Run `text` from byte `position` on a command state (borrowed), command by command. Returns the new state (owned), whose
  // message log holds the messages of all commands, the parser's included: Lean's own loop loses all but the elaborator's
  // for the last one. `visit` is shown each command: where its parsing began and its syntax ended (bytes), that syntax, the
  // states before and after it (all borrowed), and its messages where it fails; then nothing behind it is read. What
  // a command in the first `imported` bytes declares by `initialize` is run at once, as when a module is imported.
  run(state, text, position = 0, visit = undefined, imported = 0) {
    const { lean } = this, input = this.input(text);
    let log = this.noMessages(), parser = this.parserAt(position), done = false;
    let before = lean.copyWith(state, 0, this.importer.withRoom(this.environment(state)));
    const ref = lean.E.lean_st_mk_ref(lean.ctor(0, [lean.copyWith(before, 1, this.noMessages()), this.parserAt(position), lean.box(0), lean.E.lean_mk_array(lean.box(0), lean.box(0))]));
    while (!done) {
      const start = this.position(parser), { syntax, next, messages } = this.parse(ref, input, parser);
      parser = next;
      done = lean.isTrue(lean.call("l_Lean_Parser_isTerminalCommand", lean.share(syntax)));
      this.elaborate(ref, input, syntax);
      if (start < imported) this.initialize(ref, before, Buffer.from(text).subarray(0, this.syntaxEnd(syntax)), start);
      log = this.takeMessages(ref, lean.call("l_Lean_MessageLog_append", log, messages));
      if (visit && !done) {
        const after = this.commandState(ref);
        done = this.isFaulty(log);
        visit({ start, end: this.syntaxEnd(syntax), syntax, before, after, messages: done ? this.listed(log) : undefined });
        lean.drop(before);
        before = after;
      }
      lean.drop(syntax);
    }
    lean.drop(input); lean.drop(parser); lean.drop(before);
    const after = lean.E.lean_st_ref_get(ref);
    lean.drop(ref);
    const next = lean.copyWith(lean.field(after, 0), 1, log);
    lean.drop(after);
    return next;
  }

  elaborate(ref, input, syntax) { // one command, on the frontend's state (all borrowed)
    const { lean } = this;
    for (const p of [input, ref, syntax]) lean.share(p);
    lean.drop(lean.io(lean.call("l_Lean_Elab_Frontend_elabCommandAtFrontend", syntax, input, ref)));
  }

  // `before`: the state that the command met (borrowed); `text`: up to the end of the command, which begins at byte `start`.
  initialize(ref, before, text, start) {
    const { lean } = this, state = this.commandState(ref);
    if (this.hasErrors(state)) return lean.drop(state);
    const command = text.toString("utf8", start);
    const { environment, error } = this.importer.initialize(this.environment(before), this.environment(state), command);
    let log = lean.share(this.messageLog(state));
    if (error) {
      const line = text.toString().split("\n").length, place = lean.ctor(0, [lean.makeNat(String(line)), lean.makeNat("0")]);
      const data = lean.call("l_Lean_stringToMessageData", lean.string(error));
      log = lean.call("l_Lean_MessageLog_add", lean.ctor(0, [lean.string("<input>"), place, lean.box(0), lean.string(""), data], [0, ERROR, 0]), log);
    }
    const frontend = lean.E.lean_st_ref_get(ref), now = lean.copyWith(state, 0, environment), logged = lean.copyWith(now, 1, log);
    lean.E.lean_st_ref_set(ref, lean.copyWith(frontend, 0, logged));
    for (const p of [frontend, now, state]) lean.drop(p);
  }

  // Whether the command that `text` holds at a point that run() visited in another text is the same one, ending at the
  // same place: then the byte at which the next command begins in `text`, else undefined.
  sameCommand(text, { start, end, syntax, before }) {
    const { lean } = this, input = this.input(text);
    const ref = lean.E.lean_st_mk_ref(lean.ctor(0, [lean.copyWith(before, 1, this.noMessages()), this.parserAt(start), lean.box(0), lean.E.lean_mk_array(lean.box(0), lean.box(0))]));
    const found = this.parse(ref, input, this.parserAt(start));
    const same = !this.isFaulty(found.messages) && this.syntaxEnd(found.syntax) === end &&
      lean.isTrue(lean.call("l_Lean_Syntax_structEq", lean.share(found.syntax), lean.share(syntax)));
    const next = this.position(found.next);
    for (const p of [input, ref, found.syntax, found.next, found.messages]) lean.drop(p);
    return same ? next : undefined;
  }

  commandState(ref) {
    const { lean } = this, frontend = lean.E.lean_st_ref_get(ref), state = lean.share(lean.field(frontend, 0));
    lean.drop(frontend);
    return state;
  }

  syntaxEnd(syntax) { // in bytes, before the white space and comments that follow; -1 where it has no place
    const { lean } = this, end = lean.call("l_Lean_Syntax_getTailPos_x3f", lean.share(syntax), lean.box(0));
    const found = lean.isScalar(end) ? -1 : Number(lean.nat(lean.field(end, 0)));
    lean.drop(end);
    return found;
  }

  parserAt(position) { return this.lean.ctor(0, [this.lean.makeNat(String(position))], [0]); } // ModuleParserState, not recovering
  position(parser) { return Number(this.lean.nat(this.lean.field(parser, 0))); }

  parse(ref, input, parser) { // the next command, in the scope that the commands before it left open; owns `parser`
    const { lean } = this, frontend = lean.E.lean_st_ref_get(ref), state = lean.field(frontend, 0);
    const scope = lean.field(lean.field(state, 2), 0), part = i => lean.share(lean.field(scope, i));
    const context = lean.ctor(0, [lean.share(this.environment(state)), part(1), part(2), part(3)]); // options, namespace, opened
    lean.E.lean_st_ref_set(ref, lean.copyWith(frontend, 2, lean.share(lean.field(parser, 0)))); // where errors without a place go
    lean.drop(frontend);
    const parsed = lean.call("l_Lean_Parser_parseCommand", lean.share(input), context, parser, this.noMessages()), rest = lean.field(parsed, 1);
    const [syntax, next, messages] = [lean.field(parsed, 0), lean.field(rest, 0), lean.field(rest, 1)].map(p => lean.share(p));
    lean.drop(parsed);
    return { syntax, next, messages };
  }

  takeMessages(ref, log) { // move the messages of the command just run from the frontend's state to `log`
    const { lean } = this, frontend = lean.E.lean_st_ref_get(ref), state = lean.field(frontend, 0);
    log = lean.call("l_Lean_MessageLog_append", log, lean.share(this.messageLog(state)));
    const emptied = lean.copyWith(frontend, 0, lean.copyWith(state, 1, this.noMessages()));
    lean.drop(frontend);
    lean.E.lean_st_ref_set(ref, emptied);
    return log;
  }

  environment(state) { return this.lean.field(state, 0); }
  messageLog(state) { return this.lean.field(state, 1); }
  namespace(state) { // full name of the namespace open at the end of the text
    const scopes = this.lean.field(state, 2);
    return this.lean.name(this.lean.field(this.lean.field(scopes, 0), 2));
  }

  kind(message) { // the tag that Lean gave it
    const { lean } = this, name = lean.call("l_Lean_MessageData_kind", lean.share(lean.field(message, 4))), kind = lean.shownName(name);
    lean.drop(name);
    return kind;
  }

  severity(message) { return SEVERITY[this.lean.byte(message, 5, 1)]; }
  hasErrors(state) { return this.isFaulty(this.messageLog(state)); }
  isFaulty(log) { // by errors reported and unreported
    return this.lean.isTrue(this.lean.call("l_Lean_MessageLog_hasErrors", this.lean.share(log)));
  }

  // Up to `limit` messages as {severity, pos, endPos, data}, errors first; formatting is the costly part.
  report(state, limit = MESSAGE_LIMIT) { return this.listed(this.messageLog(state), limit); }

  listed(messageLog, limit = MESSAGE_LIMIT) {
    const log = this.lean.call("l_Lean_MessageLog_toList", this.lean.share(messageLog));
    const rank = m => -SEVERITY.indexOf(this.severity(m));
    const found = [...this.lean.list(log)].sort((a, b) => rank(a) - rank(b));
    const out = found.slice(0, limit).map(m => this.format(m));
    this.lean.drop(log);
    return out;
  }

  format(message) {
    const { lean } = this, position = p => ({ line: Number(lean.nat(lean.field(p, 0))), column: Number(lean.nat(lean.field(p, 1))) });
    const end = lean.field(message, 2);
    const shown = lean.takeText(lean.call("l_Lean_MessageData_toString", lean.share(lean.field(message, 4))));
    return {
      severity: this.severity(message), pos: position(lean.field(message, 1)),
      endPos: lean.isScalar(end) ? null : position(lean.field(end, 0)),
      data: shown.length > TEXT_LIMIT ? shown.slice(0, TEXT_LIMIT) + " …" : shown,
    };
  }
}

module.exports = { Elaborator };
