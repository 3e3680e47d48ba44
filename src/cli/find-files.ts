import { glob } from 'tinyglobby';
import { UsageError } from './usage-error.ts';

/** Paths that match, relative to the current directory, each once, sorted: the same tree gives the same inputs. */
export async function findFiles(patterns: readonly string[]): Promise<string[]> {
  const paths = await glob(patterns, { onlyFiles: true, expandDirectories: false });
  if (paths.length > 0) return paths.sort();
  throw new UsageError(
    `Cannot find inputs for --files ${patterns.map((pattern) => `"${pattern}"`).join(', ')}: no file matches; check the pattern, and quote it so that the shell leaves it alone`,
  );
}
