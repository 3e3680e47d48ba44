/**
 * The URL of the folder that the library's files are in: whatever starts with it is the library's own. Every file, the joined
 * ones too, lies one folder below it.
 */
export const OWN_ROOT: string = new URL('..', import.meta.url).href;

/** @param path as below src/, with the extension that it is started or imported by: 'process/process-main.js' */
export function ownFile(path: string): URL {
  return new URL(path, OWN_ROOT);
}
