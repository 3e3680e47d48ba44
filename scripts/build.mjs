#!/usr/bin/env node
/** Compiles src/ to a clean dist/. */
import { reportFailure } from './build/command.mjs';
import { compile } from './build/compile.mjs';

await compile().catch(reportFailure);
