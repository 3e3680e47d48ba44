import { fail } from './command.mjs';

const IMPORT = /^import (?:(?<whole>\w+)|\{(?<named>[^}]*)\}) from '(?<module>node:[^']+)';/gm;

/** They take milliseconds to load, and few processes need them: their functions load them when called. */
const LATE = ['node:crypto', 'node:net', 'node:timers/promises', 'node:worker_threads'];

/**
 * Turns imports of Node's own modules into calls of `process.getBuiltinModule()`. For an import Node reads every member of the
 * module, also those that are made when they are read: streams for `node:fs`, much of the inspector for `node:util`. That is a
 * tenth of what loading the library takes. The number of lines stays what it is.
 * @param {string} source TypeScript, formatted as Biome does
 */
export function withoutBuiltinImports(source) {
  return source.replaceAll(IMPORT, (statement, ...rest) => {
    const { whole, named, module } = rest.at(-1);
    const from = `process.getBuiltinModule('${module}')`;
    const code = LATE.includes(module)
      ? namesIn(named).map(({ name, local }) => `const ${local} = ${callLate(module, name)};`)
      : [`const ${whole ?? destructure(named)} = ${from};`];
    return code.join(' ') + '\n'.repeat(statement.split('\n').length - 1);
  });
}

function callLate(module, name) {
  if (typeof process.getBuiltinModule(module)[name] !== 'function') {
    fail(
      `Cannot import ${name} of ${module}: it is no function, and only functions are loaded late; call getBuiltinModule`,
    );
  }
  return `(...args) => process.getBuiltinModule('${module}').${name}(...args)`;
}

/** `{ inspect, type InspectOptions, types as t }` → `{ inspect: inspect, types: t }` */
const destructure = (named) =>
  `{ ${namesIn(named)
    .map(({ name, local }) => `${name}: ${local}`)
    .join(', ')} }`;

const namesIn = (named) =>
  named
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && !part.startsWith('type '))
    .map((part) => {
      const [name, local = name] = part.split(' as ');
      return { name, local };
    });
