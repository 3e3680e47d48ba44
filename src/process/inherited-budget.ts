/** What a process that runs tasks may have of processes for pools of its own. */
export interface InheritedBudget {
  /** How many processes the whole program is to have. */
  readonly limit: number;
  /** Where they cannot be counted together: so many of them may be here and below. */
  readonly share: number;
}

let inherited: InheritedBudget | undefined;

/** Once, while a child boots. */
export function inheritBudget(told: InheritedBudget): void {
  inherited = told;
}

/** Undefined outside of tasks: a pool of the program itself has as many workers as it was told to have. */
export function inheritedBudget(): InheritedBudget | undefined {
  return inherited;
}
