import { readFileSync } from 'node:fs';
import { fileOf } from './compile.ts';
import type { Script } from './script.ts';

/** What V8 tells of a script with its counts of calls. */
export interface ScriptCoverage {
  readonly scriptId: string;
  readonly url: string;
  readonly functions: ReadonlyArray<{
    readonly functionName: string;
    readonly ranges: ReadonlyArray<{ readonly startOffset: number; readonly endOffset: number }>;
  }>;
}

/**
 * The script as its file has it, if that is what V8 runs, as far as can be told: it is as long, and has this text at
 * this offset. Undefined for what a loader has changed, for what has no file, and where it might be a module or not: V8
 * shows no scope of a module without variables.
 */
export function scriptFromFile(
  { scriptId, url, functions }: ScriptCoverage,
  hasModuleScope: boolean,
  isFound: (source: string) => boolean,
): Script | undefined {
  if (!/^(file:|\/)/.test(url) || /\.[cm]?tsx?$/.test(url)) return undefined;
  const isModule = hasModuleScope || /\.mjs$/.test(url);
  if (!isModule && !url.endsWith('.cjs')) return undefined;
  const whole = functions.find(({ functionName, ranges }) => functionName === '' && ranges[0]?.startOffset === 0);
  const source = tryRead(url);
  if (source === undefined || source.length !== whole?.ranges[0]?.endOffset || !isFound(source)) return undefined;
  return { id: scriptId, url, isModule, source };
}

function tryRead(url: string): string | undefined {
  try {
    return readFileSync(fileOf(url), 'utf8');
  } catch {
    return undefined;
  }
}
