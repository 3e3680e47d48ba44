import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ProgramFolder } from '../support/program-folder.js';

const require = createRequire(import.meta.url);
const programs = new ProgramFolder();
const stripsTypes = Boolean((process.features as { typescript?: unknown }).typescript);
const tsx = import.meta.resolve('tsx');

test('An entry module needs no guard for its closures, and is not run by the workers', async () => {
  const path = programs.write(
    'unguarded.mjs',
    `
    import { Pool } from 'brood';
    console.log('"once"');
    export const LIMIT = 5;
    const pool = new Pool(2);
    const k = 2;
    class Point { constructor(x) { this.x = x; } }
    console.log(JSON.stringify(await pool.map((n) => n * k + LIMIT, [1, 2])));
    console.log(JSON.stringify((await pool.apply((point) => point instanceof Point && new Point(3), [new Point(1)])) instanceof Point));
    pool.close();
  `,
  );
  assert.deepEqual(await programs.run(path), ['once', [7, 9], true]);
});

test('A closure that uses what its entry module exports imports it: the guard is asked for', async () => {
  const source = (start: string, end: string): string => `
    import { isMain, Pool } from 'brood';
    export class Point { constructor(x) { this.x = x; } }
    export const double = (n) => 2 * n;
    ${start}
      const pool = new Pool(1);
      const results = await Promise.allSettled([
        pool.apply((point) => [point instanceof Point, double(point.x)], [new Point(4)]),
        pool.apply(() => new Point(1)),
      ]);
      console.log(JSON.stringify(results.map(({ value, reason }) => reason?.message ?? (value instanceof Point || value))));
      pool.terminate();
    ${end}
  `;
  const guarded = programs.write('guarded.mjs', source('if (isMain(import.meta)) {', '}'));
  assert.deepEqual(await programs.run(guarded), [[[true, 8], true]]);
  const [messages] = (await programs.run(programs.write('asked.mjs', source('', '')))) as [string[]];
  for (const message of messages)
    assert.match(message, /put what only the program itself is to do under: if \(isMain\(import\.meta\)\)/);
});

test('A module whose file has changed since it was loaded is sent as it was loaded', async () => {
  for (const [before, after] of [
    ['n + k', 'n - k'],
    ['n * k', 'n + 7 + k'],
  ] as const) {
    const text = (body: string): string => `const k = 5;\nexport const make = () => (n) => ${body};\n`;
    programs.write('changed.mjs', text(before));
    const path = programs.write(
      'changing.mjs',
      `
      import { writeFileSync } from 'node:fs';
      import { Pool } from 'brood';
      import { make } from './changed.mjs';
      const fn = make();
      writeFileSync(new URL('./changed.mjs', import.meta.url), ${JSON.stringify(text(after))});
      const pool = new Pool(1);
      console.log(JSON.stringify([fn(3), await pool.apply(fn, [3])]));
      pool.terminate();
    `,
    );
    const [[here, there]] = (await programs.run(path)) as [[number, number]];
    assert.equal(there, here);
  }
});

test('A module that a loader has changed is sent as it was loaded', async () => {
  programs.write('plain.mjs', 'export const make = (k) => (n) => n + k;\n');
  const hooks = programs.write(
    'hooks.mjs',
    `export async function load(url, context, next) {
      const loaded = await next(url, context);
      return url.endsWith('plain.mjs') ? { ...loaded, source: String(loaded.source).replace('+', '-') } : loaded;
    }`,
  );
  const register = `data:text/javascript,import { register } from 'node:module'; register(${JSON.stringify(pathToFileURL(hooks).href)});`;
  const path = programs.write(
    'loaded.mjs',
    `
    import { Pool } from 'brood';
    import { make } from './plain.mjs';
    const pool = new Pool(1);
    console.log(JSON.stringify(await pool.apply(make(3), [5])));
    pool.terminate();
  `,
  );
  assert.deepEqual(await programs.run('--no-warnings', '--import', register, path), [2]);
});

const TYPESCRIPT = `
import { Pool } from 'brood';
import { basename } from 'node:path';
import fs, { existsSync } from 'node:fs';
interface Shape { sides: number }
type Maybe<T> = T | undefined;

class Box<T> {
  declare readonly kind: string;
  content: T;
  constructor(content: T) { this.content = content; }
  open(): T { return this.content; }
}
const factor: number = 3;
const scale = (n: number): number => n * factor;

async function main(): Promise<void> {
  const pool = new Pool(1);
  const print = (value: unknown): void => console.log(JSON.stringify(value));
  print(await pool.map((n: number) => scale(n) + 1, [1, 2]));
  print(await pool.apply((box: Box<number>) => [box instanceof Box, box.open(), basename('/a/b'), existsSync('/'), fs.existsSync('/')], [new Box(5)]));
  const fail = (shape: Maybe<Shape>): void => {
    interface Local { unused: string }
    const doubled: number = 2 * (shape?.sides ?? 0);
    if (doubled === 8) throw new Error('failed');
  };
  const lineOf = (error: Error): string | undefined => /:(\\d+:\\d+)\\)?$/.exec(error.stack?.split('\\n')[1] ?? '')?.[1];
  let here: string | undefined;
  try { fail({ sides: 4 }); } catch (error) { here = lineOf(error as Error); }
  const there = await pool.apply(fail, [{ sides: 4 }]).catch(lineOf);
  print([here === there, there]);
  pool.terminate();
}
void main();
`;
const RESULTS = [
  [4, 7],
  [true, 5, 'b', true, true],
];

async function checkTypeScript(...args: string[]): Promise<void> {
  const output = await programs.run(...args);
  assert.deepEqual(output.slice(0, 2), RESULTS);
  const [isSame, place] = output[2] as [boolean, string];
  assert.match(place, /^25:/);
  assert.equal(isSame, true);
}

test('Closures of TypeScript that Node strips types from', { skip: !stripsTypes }, async () => {
  await checkTypeScript(programs.write('stripped.mts', TYPESCRIPT));
  await checkTypeScript(programs.write('stripped.cts', asCommonJs(TYPESCRIPT)));
});

/** Node strips types, and leaves imports. */
function asCommonJs(source: string): string {
  return source
    .replace("import fs, { existsSync } from 'node:fs';", "const fs = require('node:fs'), { existsSync } = fs;")
    .replace(/import (\{.*\}) from ('.*');/g, 'const $1 = require($2);');
}

test('Closures of TypeScript through tsx', async () => {
  await checkTypeScript('--import', tsx, programs.write('through-tsx.mts', TYPESCRIPT));
  await checkTypeScript('--import', tsx, programs.write('through-tsx.cts', asCommonJs(TYPESCRIPT)));
  await checkTypeScript('--import', tsx, programs.write('through-tsx-imports.cts', TYPESCRIPT));
});

test('Closures of TypeScript that was compiled to CommonJS and ES modules, with source maps', async () => {
  const { ModuleKind, ScriptTarget, transpileModule } = require('typescript');
  for (const [name, module] of [
    ['compiled.cjs', ModuleKind.CommonJS],
    ['compiled.mjs', ModuleKind.ES2022],
  ] as const) {
    const { outputText, sourceMapText } = transpileModule(TYPESCRIPT, {
      fileName: 'compiled.ts',
      compilerOptions: {
        module,
        target: ScriptTarget.ES2022,
        sourceMap: true,
        esModuleInterop: true,
        removeComments: true,
      },
    });
    const path = programs.write(name, outputText.replace(/sourceMappingURL=.*/, `sourceMappingURL=${name}.map`));
    programs.write(`${name}.map`, sourceMapText);
    programs.write('compiled.ts', TYPESCRIPT);
    await checkTypeScript('--enable-source-maps', path);
  }
});

test('A debugger that is attached keeps working while closures are sent', { timeout: 60_000 }, async () => {
  const source = `
    import { Pool } from 'brood';
    await new Promise((resolve) => { globalThis.go = resolve; });
    const pool = new Pool(1);
    const k = 2;
    const result = await pool.map((n) => n * k, [1, 2]);
    const look = (n) => {
      const next = n + 1;
      debugger;
      return next;
    };
    console.log(JSON.stringify([...result, look(2), ...(await pool.map((n) => look(n), [3]))]));
    pool.terminate();
    clearInterval(globalThis.alive);
    process.exit();
  `;
  const path = programs.write('debugged.mjs', source);
  const child = programs.start(
    '--inspect=127.0.0.1:0',
    '--import',
    'data:text/javascript,globalThis.alive=setInterval(()=>{},1000)',
    path,
  );
  try {
    const output = child.stdout.toArray();
    const url = await inspectorUrl(child.stderr);
    const { WebSocket } = createRequire(require.resolve('brood'))('ws');
    const socket = new WebSocket(url);
    await once(socket, 'open');
    const events: Array<{
      method?: string;
      id?: number;
      result?: { result?: { value?: unknown } };
      params?: { hitBreakpoints?: unknown[] };
    }> = [];
    const heard = (test: (event: (typeof events)[number]) => boolean): Promise<(typeof events)[number]> =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = events.find(test);
          if (found) resolve(found);
        };
        socket.on('message', look);
        look();
      });
    socket.on('message', (text: Buffer) => events.push(JSON.parse(String(text))));
    const send = (id: number, method: string, params = {}): void => socket.send(JSON.stringify({ id, method, params }));
    send(1, 'Debugger.enable');
    send(2, 'Runtime.enable');
    const lineNumber = source.split('\n').findIndex((line) => line.includes('const next'));
    send(6, 'Debugger.setBreakpointByUrl', { urlRegex: 'debugged\\.mjs$', lineNumber });
    await heard(({ id }) => id === 6);
    send(3, 'Runtime.evaluate', {
      expression: 'new Promise((done) => setTimeout(done, 200)).then(() => go())',
      awaitPromise: true,
    });
    const paused = await heard(({ method }) => method === 'Debugger.paused');
    assert.equal(paused.params?.hitBreakpoints?.length, 1);
    send(7, 'Debugger.resume');
    await heard(({ method, params }) => method === 'Debugger.paused' && params?.hitBreakpoints?.length === 0);
    send(4, 'Runtime.evaluate', { expression: '6 * 7' });
    assert.equal((await heard(({ id }) => id === 4)).result?.result?.value, 42);
    send(5, 'Debugger.resume');
    // The program ends when its debugger has gone.
    await heard(({ method }) => method === 'Runtime.executionContextDestroyed');
    socket.close();
    const [text] = (await output).map(String);
    assert.equal(text, '[2,4,3,4]\n');
  } finally {
    child.kill('SIGKILL');
  }
});

async function inspectorUrl(stderr: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const part of stderr) {
    text += part;
    const url = /ws:\/\/\S+/.exec(text)?.[0];
    if (url) return url;
  }
  throw new Error(`no inspector: ${text}`);
}
