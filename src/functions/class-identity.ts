/** Classes that were sent or made here, by id: one class stays one, however often it crosses, and when it comes back. */
const byId = new Map<string, WeakRef<object>>();
const ids = new WeakMap<object, string>();
let count = 0;

const collected = new FinalizationRegistry<string>((id) => {
  if (byId.get(id)?.deref() === undefined) byId.delete(id);
});

/** The same for one class in every message; unique among all processes. */
export function classId(type: object): string {
  const known = ids.get(type);
  if (known !== undefined) return known;
  count += 1;
  const id = `${process.pid}.${performance.timeOrigin}.${count}`;
  rememberClass(id, type);
  return id;
}

/** Its id, if it was sent or made here. */
export function knownClassId(type: object): string | undefined {
  return ids.get(type);
}

export function rememberClass(id: string, type: object): void {
  ids.set(type, id);
  byId.set(id, new WeakRef(type));
  collected.register(type, id);
}

export function knownClass(id: string): object | undefined {
  return byId.get(id)?.deref();
}
