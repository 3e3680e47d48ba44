import { run } from '../build/command.mjs';
import { filesUnder } from '../build/files.mjs';

/** The benchmarks' own arithmetic: a ratio that is wrong is worse than none. Measures nothing. */
export async function testBenchmarks() {
  const files = filesUnder('benchmarks/harness').filter((path) => path.endsWith('.test.mjs'));
  await run(process.execPath, ['--test', ...files]);
}
