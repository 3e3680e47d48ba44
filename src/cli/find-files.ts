import { isAbsolute } from 'node:path';
import { glob } from 'tinyglobby';
import { UsageError } from './usage-error.ts';

/**
 * Paths that match, each once, sorted: the same tree gives the same inputs. Relative patterns give paths relative to the current folder,
 * absolute ones absolute paths; one that begins with `!` excludes.
 */
export async function findFiles(patterns: readonly string[]): Promise<string[]> {
  const ignore = patterns.filter(isExclusion).map((pattern) => pattern.slice(1));
  const found = await Promise.all(
    [true, false].map((absolute) => {
      const chosen = patterns.filter((pattern) => !isExclusion(pattern) && isAbsolute(pattern) === absolute);
      return chosen.length === 0 ? [] : glob(chosen, { absolute, ignore, onlyFiles: true, expandDirectories: false });
    }),
  );
  const paths = new Set(found.flat());
  if (paths.size > 0) return [...paths].sort();
  throw new UsageError(
    `Cannot find inputs for --files ${patterns.map((pattern) => `"${pattern}"`).join(', ')}: no file matches; check the pattern, and quote it so that the shell leaves it alone`,
  );
}

function isExclusion(pattern: string): boolean {
  return pattern.startsWith('!');
}
