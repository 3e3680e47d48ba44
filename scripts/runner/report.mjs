const indent = (text) => text.trimEnd().replace(/^/gm, '    ');

/** One line for the file, then everything about what failed in it. */
export function printFile({ name, seconds, passed, skipped, failures, output }, { verbose = false } = {}) {
  const counts = [`${passed + skipped + failures.length} tests`];
  if (failures.length > 0) counts.push(`${failures.length} failed`);
  if (skipped > 0) counts.push(`${skipped} skipped`);
  const mark = failures.length > 0 ? 'FAIL' : 'ok  ';
  console.log(`${mark} ${name}  ${counts.join(', ')}, ${seconds.toFixed(1)} s`);
  for (const { title, text } of failures) console.log(`  FAIL ${title}\n${indent(text)}`);
  if ((failures.length > 0 || verbose) && output !== '') console.log(`  output of ${name}:\n${indent(output)}`);
}

/** Names what failed once more, where it is found without scrolling. */
export function printFailures(files) {
  const failed = files.flatMap(({ name, failures }) => failures.map(({ title }) => ({ name, title })));
  if (failed.length === 0) return;
  console.log('\nFailed:');
  for (const { name, title } of failed) console.log(`  ${title.startsWith(`${name}: `) ? title : `${name}: ${title}`}`);
}

export function totalOf(parts) {
  const sum = (field) => parts.reduce((total, it) => total + it[field], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

/** Running nothing is no success. */
export const hasFailed = ({ passed, failed }) => failed > 0 || passed === 0;

export const lastLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
