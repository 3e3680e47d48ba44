import { Deque } from '../util/deque.ts';

export interface Place {
  hasLeft: boolean;
}

/** Calls that wait for their turn, first come first served. */
export class Line {
  readonly #places = new Deque<Place>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  join(): Place {
    const place = { hasLeft: false };
    this.#places.push(place);
    this.#length += 1;
    return place;
  }

  isFirst(place: Place): boolean {
    while (this.#places.peek()?.hasLeft) this.#places.shift();
    return this.#places.peek() === place;
  }

  /** False: it had left before. */
  leave(place: Place): boolean {
    if (place.hasLeft) return false;
    place.hasLeft = true;
    this.#length -= 1;
    if (this.#length === 0) this.#places.clear();
    return true;
  }
}
