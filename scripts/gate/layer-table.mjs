import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../build/command.mjs';

/** A folder of the table, or `index`, which is the file src/index.ts. */
const pathOf = (name) => (name === 'index' ? '^src/index\\.ts$' : `^src/${name}/`);

/** Programs that are started. `is-main.ts` is named after isMain() and is none. */
const programs = { path: '-main\\.ts$', pathNot: '/is-main\\.ts$' };

export const isProgram = (path) => path.endsWith('-main.ts') && !path.endsWith('/is-main.ts');

const readTable = () => JSON.parse(readFileSync(join(root, 'layers.json'), 'utf8'));

const placesIn = ({ floors }) =>
  Object.entries(floors)
    .flatMap(([floor, names]) => Object.keys(names).map((name) => ({ name, floor: Number(floor) })))
    .sort((a, b) => b.floor - a.floor || a.name.localeCompare(b.name));

/** Every rule about imports inside src/, for dependency-cruiser. */
export function cruiserRules() {
  const table = readTable();
  const places = placesIn(table);
  const isAllowedSibling = (from, to) => table.siblings.some((pair) => pair.from === from && pair.to === to);
  const downwards = places.flatMap(({ name, floor }) => {
    const closed = places.filter((it) => it.name !== name && it.floor >= floor && !isAllowedSibling(name, it.name));
    if (closed.length === 0) return [];
    return {
      name: `${name}-imports-only-downwards`,
      comment: `${name} is on floor ${floor}; it may import lower floors only.`,
      severity: 'error',
      from: { path: pathOf(name) },
      to: { path: closed.map((it) => pathOf(it.name)) },
    };
  });
  return [
    ...downwards,
    {
      name: 'every-folder-has-a-floor',
      comment: 'A file of src/ is in no folder that layers.json lists: give the folder a floor.',
      severity: 'error',
      from: { path: '^src/', pathNot: places.map((it) => pathOf(it.name)) },
      to: {},
    },
    {
      name: 'no-circle',
      comment: 'Files import each other in a circle: one of them holds a concept that belongs below both.',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'nobody-imports-a-program',
      comment: 'A -main file is started, never imported.',
      severity: 'error',
      from: {},
      to: programs,
    },
    {
      name: 'a-program-imports-files',
      comment: 'Start-up time is a feature of a -main file: it imports the files it needs, not index.ts of a folder.',
      severity: 'error',
      from: programs,
      to: { path: '/index\\.ts$' },
    },
    {
      name: 'users-have-what-is-imported',
      comment: 'Only `dependencies` are installed with the package.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only', 'npm-peer'] },
    },
    {
      name: 'peers-are-optional',
      comment: 'Only files that are not joined with the others may need what a user may not have.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli|opentelemetry)/' },
      to: { dependencyTypes: ['npm-peer'] },
    },
  ];
}

/** The names of all folders the table knows. */
export const listedFolders = () => placesIn(readTable()).map((it) => it.name);

/** The table as ARCHITECTURE.md shows it. */
export function printedTable() {
  const { floors, siblings } = readTable();
  const rows = Object.keys(floors)
    .map(Number)
    .sort((a, b) => b - a)
    .flatMap((floor) => Object.entries(floors[floor]).map(([name, holds]) => `| ${floor} | \`${name}\` | ${holds} |`));
  const exceptions = siblings.map(({ from, to, why }) => `Same floor, allowed: \`${from}\` → \`${to}\` (${why}).`);
  return ['| floor | folder | holds |', '|---|---|---|', ...rows, '', ...exceptions].join('\n');
}
