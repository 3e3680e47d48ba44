import assert from 'node:assert/strict';
import { pbkdf2Sync, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Session } from 'node:inspector';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { types } from 'node:util';
import { parse as parseWithAcorn } from 'acorn';
import { simple } from 'acorn-walk';
import { type FunctionRef, Pool, ref, type Target } from 'brood';
import { tryFindFunction } from '#dist/functions/find-function.js';

const require = createRequire(import.meta.url);
const pool = new Pool(1);
after(() => pool.terminate());

// biome-ignore lint/suspicious/noExplicitAny: modules are loaded by name; what they export is what is tested.
type Loose = any;

const at = (name: string): URL => new URL(`../fixtures/raw/functions/find/${name}`, import.meta.url);
const load = async (name: string): Promise<Loose> => (await import(at(name).href)) as Loose;
const call = (fn: unknown, ...args: unknown[]): Promise<unknown> => pool.apply(fn as Target<unknown[], unknown>, args);

test('Pool.apply() finds functions by the name their module exports them by', async () => {
  const named = await load('named.mjs');
  for (const name of ['declared', 'asynchronous', 'one', 'two', 'three', 'five', 'six']) {
    assert.equal(await call(named[name]), name);
    assert.equal(tryFindFunction(named[name])?.module, at('named.mjs').href);
  }
  assert.equal(await call(named.renamedFour), 'four');
});

test('Pool.apply() finds functions that another module exports again', async () => {
  const again = await load('again.mjs');
  assert.equal(await call(again.declaredAgain), 'declared');
  assert.equal(await call(again.everything.six), 'six');
});

test('Pool.apply() finds functions in exported objects and static methods of exported classes', async () => {
  const { group, Tools, MoreTools } = await load('named.mjs');
  assert.equal(await call(group.nested.fn), 'nested');
  assert.equal(await call(group['with-dash']), 'dash');
  assert.equal(await call(Tools.run), 'static');
  assert.equal(await call(Tools.inner.deep), 'deep');
  assert.equal(await call(MoreTools.more), 'more');
  assert.equal(await call(MoreTools.run), 'static');
});

test('Pool.apply() finds default exports of every form', async () => {
  for (const name of ['arrow', 'function', 'named', 'const']) {
    assert.equal(await call((await load(`default-${name}.mjs`)).default), name);
  }
  assert.equal(await call((await load('default-hoisted.mjs')).default), 'hoisted');
  const { default: Type } = await load('default-class.mjs');
  assert.equal(await call(Type.run), 'class');
});

test('Pool.apply() takes no other function for the default export', async () => {
  const { getBefore } = await load('default-const.mjs');
  const { getHidden, default: wrapped } = await load('default-wrapped.mjs');
  for (const fn of [getBefore(), getHidden(), wrapped]) assert.equal(tryFindFunction(fn), undefined);
  assert.equal(await call(ref<Record<string, Loose>>(at('default-wrapped.mjs')).default), 'wrapped');
});

test('Pool.apply() finds functions of CommonJS modules', async () => {
  const members = require(at('members.cjs').pathname);
  assert.equal(await call(require(at('whole.cjs').pathname)), 'whole');
  assert.equal(await call(members.member), 'member');
  assert.equal(await call(members.group.nested), 'nested');
  assert.equal(await call(members.Tools.run), 'static');
  assert.equal(tryFindFunction(members.getHidden()), undefined);
  assert.equal(await call((await load('whole.cjs')).default), 'whole');
});

test('Pool.apply() finds functions of installed packages, ESM and CommonJS', async () => {
  assert.equal(((await call(parseWithAcorn, '1 + 1', { ecmaVersion: 2022 })) as { type: string }).type, 'Program');
  assert.equal(tryFindFunction(simple)?.export, 'simple');
  assert.equal(await call(require('typescript').escapeLeadingUnderscores, '__a'), '___a');
});

test("Pool.apply() finds functions of Node's own modules, also those it defines in internal ones", async () => {
  assert.equal(await call(join, 'a', '..', 'b'), 'b');
  assert.equal(await call(basename, '/x/y'), 'y');
  assert.equal(((await call(pbkdf2Sync, 'pw', 'salt', 1, 8, 'sha256')) as Buffer).length, 8);
  assert.match(String(await call(randomUUID)), /^[\da-f-]{36}$/);
  assert.match(String(await call(readFile, at('named.mjs'), 'utf8')), /^const helper/);
});

test('Pool.apply() finds functions of modules with odd paths and of one module under two specifiers', async () => {
  const odd = `päth with space/${encodeURIComponent('mödule #1.mjs')}`;
  assert.equal(await call((await load(odd)).spaced), 'spaced');
  const [first, second] = await Promise.all([load('named.mjs?1'), load('named.mjs?2')]);
  assert.notEqual(first.declared, second.declared);
  assert.equal(await call(first.declared), 'declared');
  assert.equal(tryFindFunction(second.declared)?.module, at('named.mjs?2').href);
});

test('Pool.apply() calls native functions of the language by name, and refuses bound ones', async () => {
  assert.equal(await call(Math.max, 1, 3, 2), 3);
  assert.deepEqual(await pool.map(Math.sqrt, [4, 9]), [2, 3]);
  assert.deepEqual(await call(Object.entries, { a: 1 }), [['a', 1]]);
  const { default: arrow } = await load('default-arrow.mjs');
  await assert.rejects(call(arrow.bind(null)), {
    name: 'SerializationError',
    path: 'fn',
    message:
      /^Cannot send fn: function "bound default" is native or bound, so that it has no source; wrap it in a function of your own$/,
  });
});

test('ref() takes a URL, an absolute path, and nothing else', async () => {
  const module = at('named.mjs');
  for (const it of [module, module.href, module.pathname]) {
    assert.equal(await call(ref<Record<string, Loose>>(it).declared), 'declared');
  }
  assert.equal(await call(ref<Record<string, Loose>>(module)['group.nested.fn']), 'nested');
  for (const it of ['./named.mjs', 'brood', 5, undefined, {}]) {
    assert.throws(() => ref(it as string), {
      name: 'TypeError',
      message: /is neither a URL nor an absolute path; write new URL\("\.\/tasks\.js", import\.meta\.url\)/,
    });
  }
});

test('Pool.apply() rejects with the names there are if the export is missing, and with the error of the import', async () => {
  await assert.rejects(call(ref<Record<string, Loose>>(at('again.mjs')).nope), {
    name: 'SerializationError',
    message:
      /Cannot find export "nope" of "file:.*again\.mjs": the module has declaredAgain, everything; export it by that name/,
  });
  await assert.rejects(call(ref<Record<string, Loose>>(at('no-such.mjs')).run), { code: 'ERR_MODULE_NOT_FOUND' });
  await assert.rejects(call({ module: at('named.mjs').href, export: 'group' } satisfies FunctionRef), {
    name: 'TypeError',
    message: /Cannot call export "group" of ".*": it is of type object; export a function/,
  });
  for (const it of [null, undefined, 5, 'name', {}, ref(at('named.mjs'))])
    await assert.rejects(call(it), { name: 'TypeError', message: /no function; pass a function/ });
});

test('Finding a function, and a closure, leave the counts of a user who measures coverage alone', async () => {
  const { counted, other } = await load('counted.mjs');
  const session = new Session();
  session.connect();
  const post = (method: string, params = {}): Promise<Loose> =>
    new Promise((resolve, reject) =>
      session.post(method, params, (error, result) => (error ? reject(error) : resolve(result))),
    );
  await post('Profiler.enable');
  await post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  counted();
  counted();
  assert.equal(await call(other), 'other');
  assert.equal(await call(() => counted() && 1), 1);
  counted();
  const { result } = await post('Profiler.takePreciseCoverage');
  const functions = result.find(({ url }: { url: string }) => url === at('counted.mjs').href)?.functions;
  assert.equal(functions.find((it: Loose) => it.functionName === 'counted').ranges[0].count, 3);
  session.disconnect();
});

test('Pool.apply() finds native functions that modules of Node export', async () => {
  assert.equal(await call(types.isMap, new Map()), true);
  assert.equal(await call(types.isMap, []), false);
});

test('Finding a function leaves the debugger off, and a session of the user as it was', async () => {
  const session = new Session();
  session.connect();
  const events: string[] = [];
  session.on('inspectorNotification', ({ method }) => events.push(method));
  const post = (method: string, params = {}) =>
    new Promise((resolve, reject) =>
      session.post(method, params, (error, result) => (error ? reject(error) : resolve(result))),
    );
  await assert.rejects(post('Debugger.getScriptSource', { scriptId: '1' }), /not enabled/);
  const { tools } = await import('../fixtures/wire/values.js');
  assert.equal(await pool.apply(tools.math.double, [2]), 4);
  await assert.rejects(post('Debugger.getScriptSource', { scriptId: '1' }), /not enabled/);
  const factor = 3;
  assert.equal(await call((n: number) => n * factor, 2), 6);
  assert.equal(await call(new Function('n', 'return n + 1'), 2), 3);
  await assert.rejects(post('Debugger.getScriptSource', { scriptId: '1' }), /not enabled/);
  await assert.rejects(post('Profiler.takePreciseCoverage'), /not been started/);
  assert.deepEqual(events, []);
  await post('Debugger.enable');
  assert.equal(await call((await load('default-arrow.mjs?3')).default), 'arrow');
  await post('Debugger.setBreakpointsActive', { active: true });
  const { result } = (await post('Runtime.evaluate', { expression: '6 * 7' })) as { result: { value: number } };
  assert.equal(result.value, 42);
  session.disconnect();
});
