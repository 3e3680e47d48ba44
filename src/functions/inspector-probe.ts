import type { Session } from 'node:inspector';
import type { Script } from './script.ts';
import { type ScriptCoverage, scriptFromFile } from './script-file.ts';

/** Where V8 says a function was defined. */
export interface FunctionLocation {
  readonly script: Script;
  /** Offset in the source of the function's parameters, or of the keyword `class`. */
  readonly offset: number;
  /** From the inside out, without the global one. */
  readonly scopes: readonly LiveScope[];
}

/** The variables of a scope that functions in it use, as they are now; of a module, all. */
export interface LiveScope {
  /** `Module`, `Closure (name)`, `Block`. */
  readonly description: string;
  /** To read one that is not initialized yet throws (Node 26), or gives undefined. */
  readonly variables: Readonly<Record<string, unknown>>;
}

interface Location {
  scriptId: string;
  lineNumber: number;
  columnNumber: number;
}
interface RemoteObject {
  type: string;
  objectId?: string;
  description?: string;
  value?: Location;
}
interface PropertyList {
  result: Array<{ name: string; value?: RemoteObject }>;
  internalProperties?: Array<{ name: string; value?: RemoteObject }>;
  privateProperties?: unknown[];
}

/** The slot through which a value reaches the inspector and comes back; nothing is in it between two calls. */
const SLOT = Symbol.for('brood.inspector-probe');
const SLOT_SOURCE = `globalThis[Symbol.for(${JSON.stringify(SLOT.description)})]`;

/** Where the inspector evaluates: the global object of the program, also if this module runs in a realm of its own (Jest). */
let slots: Record<symbol, unknown> | undefined;

function slotsOfProgram(): Record<symbol, unknown> {
  slots ??= process.getBuiltinModule('node:vm').runInThisContext('globalThis') as Record<symbol, unknown>;
  return slots;
}

/** Scripts in which a function was located, the oldest first; V8 uses no number twice. */
const known = new Map<string, Script>();

/** Listing scripts makes V8 hash the sources of all, for 15 ms and more; a second time it hashes only those that are new. */
let areHashed = false;

/** A program may make a script for every function, with `new Function`. */
const KNOWN_LIMIT = 1000;

/**
 * Asks V8 about live functions, through an inspector session on this very thread. The answers arrive before `post`
 * returns, so no turn of the event loop passes. The debugger domain is on only where a script is asked for that is not known
 * yet and is not what its file has, and off again when `probe` returns; a debugger that the user attached is another session and notices nothing.
 */
export class InspectorProbe {
  // Loaded when first needed: no child needs it to boot, and a Node may have been built without.
  readonly #session: Session = new (process.getBuiltinModule('node:inspector').Session)();
  #listed: Map<string, { url: string; isModule: boolean }> | undefined;

  /** Throws what the inspector throws where it is missing (a Node built without it, `--permission`). */
  static probe<T>(ask: (probe: InspectorProbe) => T): T {
    const probe = new InspectorProbe();
    probe.#session.connect();
    try {
      return ask(probe);
    } finally {
      probe.#session.disconnect();
    }
  }

  /** Undefined for native and bound functions. */
  locate(fn: object): FunctionLocation | undefined {
    const { at, scopes: scopesId } = this.#locationOf(fn);
    if (!at) return undefined;
    const scopes = scopesId === undefined ? [] : this.#scopesOf(scopesId);
    const script = known.get(at.scriptId) ?? this.#scriptFromFile(fn, at, scopes) ?? this.#script(at.scriptId);
    return script && { script, offset: toOffset(script.source, at.lineNumber, at.columnNumber), scopes };
  }

  /** Any function that the ES module at `url` has defined under one of the names; looks at all there are. */
  findFunctionIn(url: string, namesIn: (source: string) => ReadonlySet<string>): object | undefined {
    for (const [scriptId, script] of this.#scripts()) {
      if (script.url !== url || !script.isModule) continue;
      const names = namesIn(this.#sourceOf(scriptId));
      const isNamed = (fn: object): boolean => names.has(Object.getOwnPropertyDescriptor(fn, 'name')?.value);
      const found = this.#allFunctions().find((fn) => isNamed(fn) && this.#locationOf(fn).at?.scriptId === scriptId);
      if (found) return found;
    }
    return undefined;
  }

  #scriptFromFile(fn: object, at: Location, scopes: readonly LiveScope[]): Script | undefined {
    if (areHashed) return undefined;
    this.#post('Profiler.enable');
    const { result } = this.#post<{ result: ScriptCoverage[] }>('Profiler.getBestEffortCoverage');
    const covered = result.find(({ scriptId }) => scriptId === at.scriptId);
    const hasModuleScope = scopes.some(({ description }) => description === 'Module');
    const text = Function.prototype.toString.call(fn);
    const script =
      covered &&
      scriptFromFile(covered, hasModuleScope, (source) => {
        const offset = toOffset(source, at.lineNumber, at.columnNumber);
        const start = source.lastIndexOf(text, offset);
        return start >= 0 && start + text.length > offset;
      });
    return script && remember(script);
  }

  #script(id: string): Script | undefined {
    const listed = this.#scripts().get(id);
    if (!listed) return undefined;
    return remember({ id, ...listed, source: this.#sourceOf(id) });
  }

  /** All that are loaded. Turns the debugger domain on: V8 tells them one by one, in a few milliseconds. */
  #scripts(): ReadonlyMap<string, { url: string; isModule: boolean }> {
    if (this.#listed) return this.#listed;
    const listed = new Map<string, { url: string; isModule: boolean }>();
    this.#session.on('Debugger.scriptParsed', ({ params }) => {
      listed.set(params.scriptId, { url: params.url, isModule: params.isModule ?? false });
    });
    this.#post('Debugger.enable');
    this.#listed = listed;
    areHashed = true;
    return listed;
  }

  #sourceOf(scriptId: string): string {
    return this.#post<{ scriptSource: string }>('Debugger.getScriptSource', { scriptId }).scriptSource;
  }

  #allFunctions(): object[] {
    const { objects } = this.#post<{ objects: { objectId: string } }>('Runtime.queryObjects', {
      prototypeObjectId: this.#export(Function.prototype),
    });
    return this.#take(objects.objectId, 'this') as object[];
  }

  #locationOf(fn: object): { at: Location | undefined; scopes: string | undefined } {
    const { internalProperties = [] } = this.#propertiesOf(this.#export(fn));
    const property = (name: string) => internalProperties.find((it) => it.name === name)?.value;
    return { at: property('[[FunctionLocation]]')?.value, scopes: property('[[Scopes]]')?.objectId };
  }

  /** Fields, accessors and methods. */
  hasPrivateMembers(instance: object): boolean {
    const { privateProperties = [], internalProperties = [] } = this.#propertiesOf(this.#export(instance));
    return privateProperties.length > 0 || internalProperties.some(({ name }) => name === '[[PrivateMethods]]');
  }

  #scopesOf(scopesId: string): LiveScope[] {
    const scopes = this.#take(
      scopesId,
      'Array.from(this, ({ description, object }) => ({ description, variables: object }))',
    ) as LiveScope[];
    return scopes.filter(({ description }) => description !== 'Global');
  }

  #propertiesOf(objectId: string): PropertyList {
    return this.#post<PropertyList>('Runtime.getProperties', { objectId, ownProperties: true });
  }

  /** A value of ours, as the inspector names it. */
  #export(value: object): string {
    const slots = slotsOfProgram();
    slots[SLOT] = value;
    try {
      return this.#post<{ result: { objectId: string } }>('Runtime.evaluate', { expression: SLOT_SOURCE }).result
        .objectId;
    } finally {
      delete slots[SLOT];
    }
  }

  /** What an expression gives where `this` is an object that the inspector names. */
  #take(objectId: string, expression: string): unknown {
    const slots = slotsOfProgram();
    try {
      this.#post('Runtime.callFunctionOn', {
        objectId,
        functionDeclaration: `function () { ${SLOT_SOURCE} = ${expression}; }`,
      });
      return slots[SLOT];
    } finally {
      delete slots[SLOT];
    }
  }

  #post<T>(method: string, params: object = {}): T {
    let outcome: { error: Error | null; result: T } | undefined;
    // The typings list one overload per method; the protocol itself is one function.
    const post = this.#session.post as (m: string, p: object, done: (error: Error | null, result: T) => void) => void;
    post.call(this.#session, method, params, (error, result) => {
      outcome = { error, result };
    });
    if (!outcome) throw new Error(`the inspector did not answer ${method}`);
    if (outcome.error) throw outcome.error;
    return outcome.result;
  }
}

function remember(script: Script): Script {
  known.set(script.id, script);
  if (known.size > KNOWN_LIMIT) known.delete(known.keys().next().value as string);
  return script;
}

/** V8 ends lines as the language does. */
function toOffset(source: string, line: number, column: number): number {
  const ends = /\r\n|[\n\r\u2028\u2029]/g;
  for (let i = 0; i < line; i += 1) ends.exec(source);
  return (line === 0 ? 0 : ends.lastIndex) + column;
}
