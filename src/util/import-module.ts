/** `import()` of a URL or a package, as seen from the library. The joined file cannot have one of its own: its loader has it. */
export function importModule<T = object>(specifier: string): Promise<T> {
  return import(specifier) as Promise<T>;
}
