import type { HandleKind, PlainData } from '../memory/handle-kind.ts';
import { addKind } from './kind.ts';

/** Lets shared objects cross. `module` is the file that calls this, for processes in which nothing else has loaded it. */
export function addHandleKinds(handles: readonly HandleKind[], module: string): void {
  for (const handle of handles) {
    addKind<object, { readonly handle: PlainData }>({
      tag: handle.tag,
      module,
      ...(handle.takesBuffers && { takesBuffers: true }),
      matches: (value) => handle.matches(value),
      encode(value, _path, context) {
        if (context.carriage === 'lent') context.hold(value);
        return { handle: handle.encode(value, context.carriage) };
      },
      create: ({ handle: data }) => handle.decode(data),
      discard: ({ handle: data }) => void handle.decode(data),
    });
  }
}
