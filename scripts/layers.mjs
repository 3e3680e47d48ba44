#!/usr/bin/env node
/** Checks the layers of src/; with --print, prints the table for ARCHITECTURE.md instead. */
import { parseArgs } from 'node:util';
import { reportFailure } from './build/command.mjs';
import { printedTable } from './gate/layer-table.mjs';
import { checkLayers } from './gate/layers.mjs';

const { values } = parseArgs({ options: { print: { type: 'boolean' } } });
if (values.print) console.log(printedTable());
else await checkLayers().catch(reportFailure);
