import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { fail, root } from '../build/command.mjs';
import { prepareConsumer } from '../build/consumer.mjs';

/** What npm would publish is well formed, and the lock file names no registry. */
export async function checkPackageShape() {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const pinned = Object.keys(lock.packages).filter((name) => lock.packages[name].resolved);
  if (pinned.length > 0) {
    fail(
      `package-lock.json has \`resolved\` addresses (${pinned[0]}, …); set omit-lockfile-registry-resolved and run npm install`,
    );
  }
  const { package: pkgDir } = await prepareConsumer();
  const { messages } = await publint({ pkgDir, pack: false, strict: true });
  const pkg = JSON.parse(readFileSync(join(pkgDir, 'package.json'), 'utf8'));
  // A repository address is a suggestion, and depends on where the repository lives.
  const serious = messages.filter((it) => it.type !== 'suggestion');
  if (serious.length > 0) fail(serious.map((it) => formatMessage(it, pkg, { color: false })).join('\n'));
}
