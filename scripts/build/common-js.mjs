import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './command.mjs';

/**
 * For `require`. Two of its kind cannot load an ES module: that of Jest, which runs each test file in a realm of its own, and
 * that which Node 20 gives to CommonJS from a loader. There the program's own loads the library, into the program's realm.
 */
const ENTRY = `'use strict';
try {
  module.exports = require('./index.js');
} catch (error) {
  if (error?.code !== 'ERR_REQUIRE_ESM' && error?.code !== 'ERR_VM_MODULE_LINK_FAILURE') throw error;
  const realm = process.getBuiltinModule('node:vm').runInThisContext('globalThis');
  const load = realm.process.getBuiltinModule('node:module').createRequire(__filename);
  module.exports = load('./index.js');
  if (realm !== globalThis) load('PATH/util/realm.js').adoptRealm(globalThis);
}
`;

/** Writes what package.json names under the condition `require`, with its types, beside the ES modules in `outdir`. */
export function writeCommonJsEntries(outdir) {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const entry of Object.values(exports).filter((it) => it.require !== undefined)) {
    const path = entry.require.default.replace('./dist/', '');
    const up = path.includes('/') ? '..' : '.';
    writeFileSync(join(outdir, path), ENTRY.replace('PATH', up));
    writeFileSync(join(outdir, path.replace(/\.cjs$/, '.d.cts')), "export * from './index.js';\n");
  }
}
