import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, root } from '../build/command.mjs';

/** package-lock.json works wherever it is used: it names no registry, and lists the packages of every platform. */
export function checkLockFile() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const pinned = Object.keys(packages).filter((path) => packages[path].resolved);
  if (pinned.length > 0) {
    const remedy = 'set omit-lockfile-registry-resolved=true for npm, remove these lines and run npm install';
    fail(`package-lock.json has \`resolved\` addresses (${pinned.length}, first ${pinned[0]}); ${remedy}`);
  }
  // npm leaves out what a registry did not serve while the file was written, and then `npm ci` refuses the file.
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`],
    ),
  );
  if (missing.length > 0)
    fail(`package-lock.json lacks optional packages, so \`npm ci\` refuses it: ${missing.join(', ')}`);
}
