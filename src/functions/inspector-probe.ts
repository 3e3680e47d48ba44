import type { Session } from 'node:inspector';

/** Where V8 says a function was defined. */
export interface FunctionLocation {
  /** URL of the script; empty for code without a file (`node -e`, `eval`, the REPL). */
  readonly url: string;
  readonly isModule: boolean;
  /** Source as V8 compiled it: after type stripping or a loader's transformation. */
  readonly source: string;
  /** Offset in `source` of the function's parameters, or of the keyword `class`. */
  readonly offset: number;
  /** Values of the module's top-level variables that are functions or objects, by local name. */
  readonly moduleVariables: ReadonlyMap<string, object>;
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

/**
 * Asks V8 about live functions, through an inspector session on this very thread. The answers arrive before `post`
 * returns, so no turn of the event loop passes. The debugger domain is on only while `probe` runs; a debugger that the
 * user attached is another session and notices nothing.
 */
export class InspectorProbe {
  // Loaded when first needed: no child needs it to boot, and a Node may have been built without.
  readonly #session: Session = new (process.getBuiltinModule('node:inspector').Session)();
  readonly #scripts = new Map<string, { url: string; isModule: boolean }>();

  /** Throws what the inspector throws where it is missing (a Node built without it, `--permission`). */
  static probe<T>(ask: (probe: InspectorProbe) => T): T {
    const probe = new InspectorProbe();
    probe.#session.connect();
    try {
      probe.#session.on('Debugger.scriptParsed', ({ params }) => {
        probe.#scripts.set(params.scriptId, { url: params.url, isModule: params.isModule ?? false });
      });
      probe.#post('Debugger.enable');
      return ask(probe);
    } finally {
      probe.#session.disconnect();
    }
  }

  /** Undefined for native and bound functions. */
  locate(fn: object): FunctionLocation | undefined {
    const { at, scopes } = this.#locationOf(fn);
    const script = at && this.#scripts.get(at.scriptId);
    if (!script) return undefined;
    const { scriptSource } = this.#post<{ scriptSource: string }>('Debugger.getScriptSource', {
      scriptId: at.scriptId,
    });
    return {
      url: script.url,
      isModule: script.isModule,
      source: scriptSource,
      offset: toOffset(scriptSource, at.lineNumber, at.columnNumber),
      moduleVariables: scopes === undefined ? new Map() : this.#moduleVariables(scopes),
    };
  }

  /** Any function that the ES module at `url` has defined under one of the names; looks at all there are. */
  findFunctionIn(url: string, namesIn: (source: string) => ReadonlySet<string>): object | undefined {
    for (const [scriptId, script] of this.#scripts) {
      if (script.url !== url || !script.isModule) continue;
      const names = namesIn(
        this.#post<{ scriptSource: string }>('Debugger.getScriptSource', { scriptId }).scriptSource,
      );
      const isNamed = (fn: object): boolean => names.has(Object.getOwnPropertyDescriptor(fn, 'name')?.value);
      const found = this.#allFunctions().find((fn) => isNamed(fn) && this.#locationOf(fn).at?.scriptId === scriptId);
      if (found) return found;
    }
    return undefined;
  }

  #allFunctions(): object[] {
    const { objects } = this.#post<{ objects: { objectId: string } }>('Runtime.queryObjects', {
      prototypeObjectId: this.#export(Function.prototype),
    });
    return this.#import([objects.objectId])[0] as object[];
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

  #moduleVariables(scopesId: string): Map<string, object> {
    const scope = this.#propertiesOf(scopesId).result.find(({ value }) => value?.description?.startsWith('Module'));
    if (scope?.value?.objectId === undefined) return new Map();
    const variables = this.#propertiesOf(scope.value.objectId).result.filter(
      ({ value }) => value?.objectId !== undefined,
    );
    const values = this.#import(variables.map(({ value }) => value?.objectId as string));
    return new Map(variables.map(({ name }, i) => [name, values[i] as object]));
  }

  #propertiesOf(objectId: string): PropertyList {
    return this.#post<PropertyList>('Runtime.getProperties', { objectId, ownProperties: true });
  }

  /** A value of ours, as the inspector names it. */
  #export(value: object): string {
    const slots = globalThis as Record<symbol, unknown>;
    slots[SLOT] = value;
    try {
      const expression = `globalThis[Symbol.for(${JSON.stringify(SLOT.description)})]`;
      return this.#post<{ result: { objectId: string } }>('Runtime.evaluate', { expression }).result.objectId;
    } finally {
      delete slots[SLOT];
    }
  }

  /** Values the inspector names, as ours. */
  #import(objectIds: readonly string[]): object[] {
    const first = objectIds[0];
    if (first === undefined) return [];
    const slots = globalThis as Record<symbol, unknown>;
    try {
      this.#post('Runtime.callFunctionOn', {
        objectId: first,
        functionDeclaration: `function (...values) { globalThis[Symbol.for(${JSON.stringify(SLOT.description)})] = values; }`,
        arguments: objectIds.map((objectId) => ({ objectId })),
      });
      return (slots[SLOT] as object[] | undefined) ?? [];
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

function toOffset(source: string, line: number, column: number): number {
  let start = 0;
  for (let i = 0; i < line; i += 1) start = source.indexOf('\n', start) + 1;
  return start + column;
}
