// What Lean's importer does with modules, and what of it has to be done here: the package lacks files that the importer
// reads, and a header holds the modules of a library as one text.
"use strict";

const { LeanError } = require("./abi.cjs");

const MODULE_OF = 2, EXTENSIONS = 3, HEADER = 5; // fields of Lean.Kernel.Environment
const MODULE_DATA = 5, EXTRA_NAMES = 3; // fields of its header and of one module's data
const BASE = 0, CHECKED = 2, REALIZED = 5, REALIZED_HERE = 6; // fields of Lean.Environment
const INSERT = "l_Std_DHashMap_Internal_Raw_u2080_insertIfNew___at___00Lean_finalizeImport_spec__4___redArg";

// This process cannot serve the header, a new one can: another header has initialized a name by other words, or the files
// of the library can no longer be read ("bad file descriptor"; seen behind many headers of Batteries, the cause is not known).
class Taken extends Error { again = true; }

class Importer {
  constructor(lean, options) {
    this.lean = lean;
    this.options = options;
    this.environments = new Map(); // imported module names -> persistent Environment
    this.initialized = new Map(); // name that `initialize` declared -> its command
    const datum = symbol => lean.module.i32[lean.E[symbol].value >> 2];
    this.importing = datum("l___private_Lean_ImportingFlag_0__Lean_importingRef");
    this.registered = datum("l___private_Lean_Environment_0__Lean_EnvExtension_envExtensionsRef"); // a reference to an array
    this.extensions = 0; // that are registered, where a header has registered any
    this.linters = datum("l_Lean_Elab_Command_lintersRef");
    const extension = lean.field(datum("l_Lean_regularInitAttr"), 1);
    this.initializers = Number(lean.nat(lean.field(lean.field(extension, 0), 0))); // that extension's place
  }

  environment(modules) { // right after the imports
    const { lean } = this, key = modules.join(" ");
    let found = this.environments.get(key);
    if (found === undefined) {
      let array = lean.E.lean_mk_array(lean.box(0), lean.box(0));
      for (const m of modules) {
        const one = lean.ctor(0, [lean.makeName(m.replace(/\./g, "\u0001"))], [0, 1, 0]);
        array = lean.E.lean_array_push(array, one);
      }
      found = this.imported(array);
      this.indexCode(found);
      this.tieRealizations(found);
      lean.E.lean_mark_persistent(found);
      this.environments.set(key, found);
    }
    return found;
  }

  imported(modules) {
    const { lean } = this, none = lean.E.lean_mk_array(lean.box(0), lean.box(0));
    try { return lean.io(lean.E.l_Lean_importModules(modules, this.options, 0, none, 0, 1, 2, lean.box(1))); } catch (error) {
      if (/bad file descriptor/.test(error.message)) throw new Taken("the library's files can no longer be read");
      throw error;
    }
  }

  // Enter the compiler's own declarations (`List.reverse._redArg`, the private parts of what is inlined) into the map that
  // says which module holds the code of a name. Lean's importer takes their names from a module's `.ir` file. The package
  // has no such files, but each module's exported part lists the names, and holds the declarations.
  indexCode(environment) {
    const { lean } = this, kernel = lean.call("lean_elab_environment_to_kernel_env", lean.share(environment));
    const known = lean.field(kernel, MODULE_OF), modules = lean.field(lean.field(kernel, HEADER), MODULE_DATA);
    let map = lean.share(known), module = 0;
    for (const data of lean.array(modules)) {
      for (const name of lean.array(lean.field(data, EXTRA_NAMES))) map = lean.call(INSERT, map, lean.share(name), lean.box(module));
      module += 1;
    }
    // The environment holds itself in several forms, which share the map: its two fields, size and buckets, are replaced.
    for (const i of [0, 1]) lean.setField(known, i, lean.share(lean.field(map, i)));
    lean.drop(map); lean.drop(kernel);
  }

  // A term whose constants are all imported (`run_tac pure ()`) is evaluated in the environment right after the imports, which
  // lacks the table of what was realized of imported constants: it gets the table that the environment itself has.
  tieRealizations(environment) {
    const { lean } = this, table = lean.field(environment, REALIZED), inner = lean.field(lean.field(table, 0), 0);
    lean.setField(inner, REALIZED, lean.share(table));
  }

  // Run what `command` of a trusted header has declared by `initialize` between two environments (borrowed), as the importer
  // does with what a module declares: once in a process. Returns the environment (owned) that knows the attributes and
  // extensions registered since, and what an initializer threw.
  initialize(before, environment, command) {
    const { lean } = this, old = this.declared(before).length, all = this.declared(environment);
    const fresh = all.slice(0, all.length - old).reverse();
    let error = "";
    if (fresh.length) {
      const linters = lean.E.lean_st_ref_get(this.linters); // a library's only warn, and would read each command behind them
      lean.E.lean_st_ref_set(this.importing, lean.box(1)); // registering is refused at other times
      try { for (const name of fresh) this.once(name, environment, command); } catch (thrown) {
        if (!(thrown instanceof LeanError)) throw thrown;
        error = thrown.message;
      } finally {
        lean.E.lean_st_ref_set(this.importing, lean.box(0));
        lean.E.lean_st_ref_set(this.linters, linters);
      }
    }
    if (!fresh.length) return { environment: lean.share(environment), error };
    this.extensions = lean.field(lean.field(this.registered, 0), 0);
    return { environment: lean.io(lean.call("lean_update_env_attributes", this.withRoom(environment))), error };
  }

  // The environment (owned) with a place for each extension that any header has registered by now: without, Lean waits or goes
  // round without end. So must have the environments on which it realizes what it needs of constants (the equations of a
  // definition): for imported ones that right after the imports, for each other constant the one that declared it.
  withRoom(environment) {
    const { lean } = this, inner = lean.field(lean.field(lean.field(environment, REALIZED), 0), 0);
    const lacks = env => lean.field(lean.field(lean.field(lean.field(env, BASE), 0), EXTENSIONS), 0) < this.extensions;
    if (lacks(inner)) this.makeRoom(inner, env => lean.E.lean_mark_persistent(env));
    if (!lacks(environment)) return lean.share(environment);
    for (const context of lean.values(lean.field(environment, REALIZED_HERE))) {
      const declaring = lean.field(context, 0);
      if (lacks(declaring)) this.makeRoom(declaring, env => lean.E.lean_mark_mt(env));
    }
    const roomy = lean.copyWith(environment, BASE, lean.share(lean.field(environment, BASE)));
    this.makeRoom(roomy);
    return roomy;
  }

  // In place. Lean has a function for this, which leaves the checked part to a task: the thread of such a task can only begin
  // between two requests, and whoever waits for it in this one waits for ever.
  makeRoom(environment, mark = () => {}) {
    const { lean } = this, sized = kernel => {
      const extensions = lean.call("l_Lean_EnvExtension_ensureExtensionsArraySize", lean.share(lean.field(kernel, EXTENSIONS)));
      return lean.copyWith(kernel, EXTENSIONS, lean.io(extensions));
    };
    const checked = lean.call("lean_elab_environment_to_kernel_env", lean.share(environment));
    const parts = [0, 1].map(i => sized(lean.field(lean.field(environment, BASE), i)));
    for (const [place, value] of [[BASE, lean.ctor(0, parts)], [CHECKED, lean.E.lean_task_pure(sized(checked))]]) {
      mark(value);
      lean.setField(environment, place, value);
    }
    lean.drop(checked);
  }

  declared(environment) { // by `initialize` in the text (borrowed), the newest first
    const { lean } = this, extensions = lean.field(lean.field(lean.field(environment, BASE), 0), EXTENSIONS);
    return [...lean.list(lean.field(lean.field(lean.field(extensions, 2 + this.initializers), 1), 0))];
  }

  once(name, environment, command) {
    const { lean } = this, shown = lean.shownName(name), earlier = this.initialized.get(shown);
    if (earlier === command) return;
    if (earlier !== undefined) throw new Taken(`another header initializes ${shown} otherwise`);
    const by = lean.call("lean_get_regular_init_fn_name_for", lean.share(environment), lean.share(name));
    const [env, options] = [environment, this.options].map(p => lean.share(p));
    if (!lean.isScalar(by)) lean.io(lean.call("lean_run_init", env, options, lean.share(name), lean.share(lean.field(by, 0))));
    else {
      const action = lean.call("lean_eval_const", env, options, lean.share(name)), value = lean.field(action, 0); // Except String
      if (lean.tag(action) === 0) throw new LeanError(lean.text(value));
      lean.io(lean.E.lean_apply_1(lean.share(value), lean.box(0)));
      lean.drop(action);
    }
    lean.drop(by);
    this.initialized.set(shown, command);
  }
}

module.exports = { Importer };
