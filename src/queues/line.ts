/** Calls of one process that wait for the same thing, first come first served. */
export class Line {
  readonly #tickets = new Set<symbol>();

  get isEmpty(): boolean {
    return this.#tickets.size === 0;
  }

  join(): symbol {
    const ticket = Symbol();
    this.#tickets.add(ticket);
    return ticket;
  }

  isFirst(ticket: symbol): boolean {
    const [first] = this.#tickets;
    return first === ticket;
  }

  leave(ticket: symbol): void {
    this.#tickets.delete(ticket);
  }
}
