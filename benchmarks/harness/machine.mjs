import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

const output = (command, args) => execFileSync(command, args, { encoding: 'utf8' }).trim();

/** What the figures depend on, as lines of `name: value`; to be asked before the machine is busy with them. */
export function describeMachine() {
  const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
  const { dependencies } = lock.packages[''];
  return {
    machine: `${availableParallelism()} cores of ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`,
    'load before': loadavg()[0].toFixed(1),
    Node: process.versions.node,
    CPython: output('python3', ['-c', 'import platform; print(platform.python_version())']),
    peers: Object.entries(dependencies)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  };
}
