import { reportMissing } from '../harness/report.mjs';

/**
 * An export of the library that may not be built yet: without it the row says so, and measures nothing.
 * @param {string} entry 'brood', or a sub-path such as 'brood/connection'
 */
export async function exportOf(entry, name) {
  try {
    const found = (await import(entry))[name];
    if (found !== undefined) return found;
  } catch (error) {
    if (error.code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error;
  }
  return reportMissing(`${name} of ${entry}`);
}
