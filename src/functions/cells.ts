import type { Cell } from './closure-data.ts';
import { mark } from './closure-data.ts';

/** Where a function has a variable from: what tells two variables of one declaration apart, as far as V8 lets it be told. */
export interface Origin {
  /** The function that has captured it. */
  readonly fn: object;
  /** Where that function stands in its script: functions of one place were made one after another. */
  readonly place: number;
  /** The live variables of the scope. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** There is one such scope in a module, and any number of a function's or block's. */
  readonly isUnique: boolean;
}

/** The captured variables of one message that are assigned to. Functions that share one in this process share it in the other. */
export class Cells {
  readonly #byDeclaration = new Map<string, Array<{ readonly origin: Origin; readonly cell: Cell }>>();

  /** Undefined if it cannot be told whether two functions of one place share the variable. */
  find(declaration: string, name: string, origin: Origin): Cell | undefined {
    const others = this.#byDeclaration.get(declaration) ?? [];
    this.#byDeclaration.set(declaration, others);
    const same = others.filter((it) => it.origin.isUnique || haveSameValues(it.origin.variables, origin.variables));
    if (!origin.isUnique && same.some(({ origin: { fn, place } }) => place === origin.place && fn !== origin.fn))
      return undefined;
    const [known] = same;
    const cell = known?.cell ?? mark({ value: origin.variables[name] }, 'cell');
    others.push({ origin, cell });
    return cell;
  }
}

/** V8 makes a copy of a scope for everyone who asks: one scope is known by what is in it. */
function haveSameValues(one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(one).every((name) => Object.is(tryRead(one, name), tryRead(other, name)));
}

function tryRead(variables: Readonly<Record<string, unknown>>, name: string): unknown {
  try {
    return variables[name];
  } catch {
    return undefined; // Not initialized yet.
  }
}
