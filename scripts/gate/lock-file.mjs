import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, root } from '../build/command.mjs';

/** A lock file works wherever it is used: it names no registry, and lists the packages of every platform. */
export function checkLockFile(path) {
  const { packages } = JSON.parse(readFileSync(join(root, path), 'utf8'));
  const pinned = Object.keys(packages).filter((place) => packages[place].resolved);
  if (pinned.length > 0) {
    const remedy = 'set omit-lockfile-registry-resolved=true for npm, remove these lines and run npm install';
    fail(`${path} has \`resolved\` addresses (${pinned.length}, first ${pinned[0]}); ${remedy}`);
  }
  // npm leaves out what a registry did not serve while the file was written, and then `npm ci` refuses the file.
  const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !packages[`${place}/node_modules/${name}`] && !packages[`node_modules/${name}`],
    ),
  );
  if (missing.length > 0) fail(`${path} lacks optional packages, so \`npm ci\` refuses it: ${missing.join(', ')}`);
}
