import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, root } from '../build/command.mjs';
import { filesUnder } from '../build/files.mjs';

const LONGEST = 300;
const MEDIAN = 120;

/** No file of src/ or test/ is longer than three screens, and half of src/ fits in little more than one. */
export function checkSizes() {
  const measure = (folder) =>
    filesUnder(folder)
      .filter((path) => /\.[cm]?[jt]s$/.test(path))
      .map((path) => ({ path, lines: countLines(path) }))
      .sort((a, b) => a.lines - b.lines);
  const src = measure('src');
  const test = measure('test');
  const tooLong = [...src, ...test].filter((it) => it.lines > LONGEST);
  if (tooLong.length > 0) {
    fail(`Above ${LONGEST} lines: ${tooLong.map((it) => `${it.path} (${it.lines})`).join(', ')}; find the seam`);
  }
  const median = src[Math.floor(src.length / 2)]?.lines ?? 0;
  if (median >= MEDIAN) fail(`The median of src/ is ${median} lines; it must stay below ${MEDIAN}`);
  const longest = (files) => (files.length === 0 ? 'none' : `longest ${files.at(-1).path} with ${files.at(-1).lines}`);
  return `src: ${src.length} files, median ${median}, ${longest(src)}; test: ${test.length} files, ${longest(test)}`;
}

const countLines = (path) => readFileSync(join(root, path), 'utf8').replace(/\n$/, '').split('\n').length;
