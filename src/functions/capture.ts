import { SerializationError } from '../errors/serialization-error.ts';
import { readVariable } from './captured-value.ts';
import type { Cells } from './cells.ts';
import { classId } from './class-identity.ts';
import { type Cell, type ClosureCode, type ClosureData, type ImportSource, mark } from './closure-data.ts';
import { type Access, closureSource } from './closure-source.ts';
import { type FreeVariable, type FunctionSyntax, functionSyntax } from './function-syntax.ts';
import { importedVariable } from './import-source.ts';
import type { FunctionLocation } from './inspector-probe.ts';
import { membersOf } from './own-members.ts';
import { isConstant, isSettled } from './scope.ts';
import { type ParsedScript, parseScript } from './script.ts';
import { noteSettled } from './settled.ts';
import { originalImports, usedMembers, viteParameter } from './transformed-module.ts';

/**
 * What a function that no module exports is sent as: its source, and the variables it uses, as they are now. Throws a
 * SerializationError at `path` that says what stands in the way, and what to write instead.
 */
export function capture(fn: object, location: FunctionLocation, cells: Cells, path: string): ClosureData {
  const refuse = (why: string): never => {
    throw new SerializationError(`Cannot send ${path}: ${describeFunction(fn)} ${why}`, path);
  };
  const syntax = findSyntax(fn, location, refuse);
  if (syntax.obstacle !== undefined) refuse(syntax.obstacle);
  const variables = new Variables(fn, syntax, location, cells, refuse);
  for (const variable of syntax.free) variables.add(variable);
  const meta = syntax.metas.length > 0 ? variables.import({ from: 'import.meta' }) : undefined;
  const data = mark(
    {
      code: codeOf(syntax, variables, meta),
      name: nameOf(fn),
      constants: variables.constants,
      eager: variables.eager,
      eagerCells: variables.eagerCells,
      cells: variables.cells,
      ...membersOf(fn, syntax.isClass, refuse),
      ...(syntax.isClass && { id: classId(fn) }),
    },
    'closure',
  );
  if (variables.areConstant) noteSettled(fn, { location, data });
  return data;
}

function findSyntax(fn: object, { script, offset }: FunctionLocation, refuse: (why: string) => never): FunctionSyntax {
  const { url } = script;
  if (url.startsWith('node:'))
    refuse('belongs to Node itself, and cannot be made again; call it from a function of your own');
  let parsed: ParsedScript;
  try {
    parsed = parseScript(script);
  } catch (error) {
    return refuse(`is in "${url}", which cannot be parsed (${(error as Error).message}); export the function`);
  }
  const syntax = functionSyntax(parsed, offset, Function.prototype.toString.call(fn));
  return syntax ?? refuse(`is not to be found in the source of "${url}"; export the function`);
}

/** What the variables of one function come to. */
class Variables {
  readonly accesses: Access[] = [];
  readonly constants: Record<string, unknown> = mark({}, 'variables');
  readonly eager: Record<string, unknown> = mark({}, 'variables');
  readonly eagerCells: Record<string, Cell> = mark({}, 'variables');
  readonly cells: Record<string, Cell> = mark({}, 'variables');
  readonly imports: ImportSource[] = [];
  areConstant = true;
  readonly #fn: object;
  readonly #syntax: FunctionSyntax;
  readonly #location: FunctionLocation;
  readonly #cells: Cells;
  readonly #refuse: (why: string) => never;

  constructor(
    fn: object,
    syntax: FunctionSyntax,
    location: FunctionLocation,
    cells: Cells,
    refuse: (why: string) => never,
  ) {
    this.#fn = fn;
    this.#syntax = syntax;
    this.#location = location;
    this.#cells = cells;
    this.#refuse = refuse;
  }

  add(variable: FreeVariable): void {
    const { name, binding, references } = variable;
    if (binding?.kind === 'own name') {
      this.#refuse(
        `uses "${name}", the name of a function expression around it, which is no variable; assign it to a const`,
      );
    }
    if (binding && binding.init === this.#syntax.node && isConstant(binding)) return; // A declaration that calls itself.
    if (this.#addRewritten(variable)) return;
    const found = readVariable(name, this.#location.scopes, binding);
    const imported = binding && importedVariable(binding, this.#syntax.parsed);
    const isCopied = found.is === 'value' && binding !== undefined && isConstant(binding) && isPrimitive(found.value);
    if (imported && !imported.isHereOnly && !(isCopied && binding?.kind !== 'import')) {
      const isLive = imported.name !== undefined && !(found.is === 'value' && typeof found.value === 'function');
      const index = this.import(imported.source);
      this.accesses.push({ by: 'import', name, index, member: imported.name, isLive, references });
      return;
    }
    if (found.is === 'uninitialized') {
      this.#refuse(`uses "${name}", which is not initialized yet; send the function after the line that declares it`);
    }
    if (found.is === 'value') {
      this.areConstant &&= binding !== undefined && isConstant(binding);
      const value = imported?.isHereOnly ? this.#usedMembers(variable, found.value) : found.value;
      this.#addValue(variable, value, found.scope);
    } else if (binding) this.#refuse(`uses "${name}", which V8 does not show; pass it as an argument`);
  }

  /** What a test runner has made of `import.meta` and `import()`. */
  #addRewritten(variable: FreeVariable): boolean {
    const { name, references } = variable;
    const original = viteParameter(variable);
    if (original === 'import.meta') {
      const index = this.import({ from: original });
      this.accesses.push({ by: 'import', name, index, member: undefined, isLive: false, references });
    } else if (original === 'import()') {
      const { node, parsed } = this.#syntax;
      const changes = originalImports(node, references, parsed.script);
      if (typeof changes === 'string') {
        return this.#refuse(
          `calls import(${changes}), which only the test runner can load; import it at the top of the file`,
        );
      }
      this.accesses.push({ by: 'syntax', name, changes });
    }
    return original !== undefined;
  }

  #usedMembers({ name, references }: FreeVariable, exports: unknown): unknown {
    try {
      return usedMembers(exports, references, this.#syntax.node);
    } catch {
      return this.#refuse(
        `uses "${name}", of which not all is initialized yet; send the function after the line that declares it`,
      );
    }
  }

  /** Its place in the list. */
  import(source: ImportSource): number {
    const key = (it: ImportSource): string => JSON.stringify({ ...it, names: [] });
    const index = this.imports.findIndex((it) => key(it) === key(source));
    if (index < 0) return this.imports.push(source) - 1;
    const known = this.imports[index] as ImportSource;
    if (known.from === 'import' && source.from === 'import') {
      this.imports[index] = { ...known, names: [...new Set([...known.names, ...source.names])] };
    }
    return index;
  }

  #addValue(
    variable: FreeVariable,
    value: unknown,
    scope: { description: string; variables: Readonly<Record<string, unknown>> },
  ): void {
    const { name, binding, references, isEager } = variable;
    if (!binding && this.#isFromCommonJs(name)) return;
    if (!binding || isSettled(binding)) {
      this.accesses.push({ by: 'value', name, references });
      (isEager ? this.eager : this.constants)[name] =
        !binding && name === 'exports' ? this.#usedExports(variable, value) : value;
      return;
    }
    const { parsed, node } = this.#syntax;
    const cell = this.#cells.find(`${parsed.script.id} ${binding.id.start}`, name, {
      fn: this.#fn,
      place: node.start,
      variables: scope.variables,
      isUnique: binding.scope === parsed.analysis.program,
    });
    if (!cell) {
      this.#refuse(
        `and another one made by the same code both use "${name}", which is assigned to: V8 does not tell whether they share it; keep it in an object, as const state = { ${name} }`,
      );
      return;
    }
    this.accesses.push({ by: 'cell', name, references });
    this.cells[name] = cell;
    if (isEager) this.eagerCells[name] = cell;
  }

  /** What CommonJS passes to each module, it passes to the source that is sent, too. */
  #isFromCommonJs(name: string): boolean {
    if (this.#syntax.parsed.script.isModule) return false;
    if (name === 'require' || name === '__filename' || name === '__dirname') return true;
    if (name === 'module')
      this.#refuse('uses "module"; name what it needs of it, as const { helper } = module.exports');
    return false;
  }

  /** TypeScript writes `exports.helper` for what a module exports and uses itself. */
  #usedExports(variable: FreeVariable, exports: unknown): unknown {
    const used = this.#usedMembers(variable, exports);
    if (used !== exports || this.#syntax.parsed.script.isModule) return used;
    return this.#refuse('uses "exports" as a whole; name what it needs of it, as exports.helper');
  }
}

const codes = new WeakMap<FunctionSyntax, Map<string, ClosureCode>>();

function codeOf(syntax: FunctionSyntax, { accesses, imports }: Variables, meta: number | undefined): ClosureCode {
  const ofSyntax = codes.get(syntax) ?? new Map<string, ClosureCode>();
  codes.set(syntax, ofSyntax);
  const key = accesses.map((it) => `${it.by} ${it.name} ${it.by === 'import' && it.isLive}`).join();
  const known = ofSyntax.get(key);
  if (known) return known;
  const { url } = syntax.parsed.script;
  const code = { url, source: closureSource(syntax, accesses, meta), isClass: syntax.isClass, imports: [...imports] };
  ofSyntax.set(key, code);
  return code;
}

function nameOf(fn: object): string {
  const name: unknown = Object.getOwnPropertyDescriptor(fn, 'name')?.value;
  return typeof name === 'string' ? name : '';
}

export function describeFunction(fn: object): string {
  const kind = /^class\b/.test(Function.prototype.toString.call(fn)) ? 'class' : 'function';
  const name = nameOf(fn);
  return name === '' ? `an anonymous ${kind}` : `${kind} "${name}"`;
}

function isPrimitive(value: unknown): boolean {
  return (typeof value !== 'object' && typeof value !== 'function') || value === null;
}
