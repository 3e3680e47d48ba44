/** Looked through one by one; a Set costs ten times as much for so few. */
const FEW = 8;

/** Objects that have been met, forgotten all at once. */
export class Sightings {
  readonly #few: object[] = [];
  #many: Set<object> | undefined;

  /** False if it is there already. */
  add(value: object): boolean {
    if (this.#many) return this.#many.size < this.#many.add(value).size;
    if (this.#few.includes(value)) return false;
    this.#few.push(value);
    if (this.#few.length > FEW) this.#many = new Set(this.#few);
    return true;
  }

  clear(): void {
    if (this.#few.length > 0) this.#few.length = 0;
    this.#many = undefined;
  }
}
