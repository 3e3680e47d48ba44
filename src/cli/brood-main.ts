#!/usr/bin/env node
import { runProgram } from './program.ts';

// Messages that nobody reads any more are no reason to end.
process.stderr.on('error', () => {});
process.exit(await runProgram(process.argv.slice(2)));
