import { inspect } from 'node:util';
import { currentIdentity } from './identity.ts';

/** What a process can tell of itself. */
export interface CurrentProcess {
  name: string;
  readonly daemon: boolean;
  readonly pid: number;
  isAlive(): boolean;
}

const current: CurrentProcess = {
  get name() {
    return currentIdentity().name;
  },
  set name(value: string) {
    currentIdentity().name = value;
  },
  get daemon() {
    return currentIdentity().daemon;
  },
  get pid() {
    return process.pid;
  },
  isAlive: () => true,
};

Object.defineProperty(current, inspect.custom, {
  value: () => `<Process name='${current.name}' pid=${process.pid} started${current.daemon ? ' daemon' : ''}>`,
});

/** This process; its name is `MainProcess` in the program's own. */
export function currentProcess(): CurrentProcess {
  return current;
}
