import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { fail } from '../build/command.mjs';
import { prepareConsumer } from '../build/consumer.mjs';
import { checkLockFile } from './lock-file.mjs';

/** What npm would publish is well formed, and the lock files can be used anywhere. */
export async function checkPackageShape() {
  checkLockFile('package-lock.json');
  checkLockFile('benchmarks/package-lock.json');
  checkLockFile('hosts/package-lock.json');
  const { package: pkgDir } = await prepareConsumer();
  const { messages } = await publint({ pkgDir, pack: false, strict: true });
  const pkg = JSON.parse(readFileSync(join(pkgDir, 'package.json'), 'utf8'));
  // A repository address is a suggestion, and depends on where the repository lives.
  const serious = messages.filter((it) => it.type !== 'suggestion');
  if (serious.length > 0) fail(serious.map((it) => formatMessage(it, pkg, { color: false })).join('\n'));
}
