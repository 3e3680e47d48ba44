import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProgramFolder } from '../support/program-folder.js';

const programs = new ProgramFolder();

test('What TypeScript makes of exports that a module uses itself crosses by name', async () => {
  programs.write(
    'compiled.cjs',
    `
    "use strict";
    Object.defineProperty(exports, "__esModule", { value: true });
    exports.Point = exports.FACTOR = void 0;
    exports.FACTOR = 3;
    class Point { constructor(x) { this.x = x; } }
    exports.Point = Point;
    exports.step = function (n) { return n + 1; };
    exports.makeTasks = () => {
      const stepped = (n) => (0, exports.step)(n) * exports.FACTOR;
      const times = (n) => n * exports["FACTOR"];
      return { stepped, times, point: () => new exports.Point(5).x, whole: () => Object.keys(exports) };
    };
  `,
  );
  const path = programs.write(
    'compiled-main.cjs',
    `
    const { Pool } = require("brood");
    const compiled = require("./compiled.cjs");
    const pool = new Pool(1);
    const { stepped, times, point, whole } = compiled.makeTasks();
    const print = (value) => console.log(JSON.stringify(value));
    (async () => {
      print(await pool.map(stepped, [1, 2]));
      compiled.FACTOR = 4;
      print(await pool.map(times, [1, 2]));
      print(await pool.apply(point));
      await pool.apply(whole).catch((error) => print(error.message));
      pool.close();
    })();
  `,
  );
  assert.deepEqual(await programs.run(path), [
    [6, 9],
    [4, 8],
    5,
    'Cannot send fn: function "whole" uses "exports" as a whole; name what it needs of it, as exports.helper',
  ]);
});
