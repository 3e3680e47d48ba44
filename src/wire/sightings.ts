/** Looked through one by one; a Set costs ten times as much for so few. */
const FEW = 8;

/** Objects that have been met, forgotten all at once. */
export class Sightings {
  /** Always of the same length: an array that is emptied gives its memory back, and takes it again. */
  readonly #few = new Array<object | undefined>(FEW).fill(undefined);
  #count = 0;
  #many: Set<object | undefined> | undefined;

  /** False if it is there already. */
  add(value: object): boolean {
    if (this.#many) return this.#many.size < this.#many.add(value).size;
    for (let i = 0; i < this.#count; i += 1) if (this.#few[i] === value) return false;
    if (this.#count === FEW) this.#many = new Set(this.#few).add(value);
    else this.#few[this.#count++] = value;
    return true;
  }

  clear(): void {
    for (let i = 0; i < this.#count; i += 1) this.#few[i] = undefined;
    this.#count = 0;
    this.#many = undefined;
  }
}
