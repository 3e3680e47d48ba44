import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fail, root, runTool } from '../build/command.mjs';
import { filesUnder } from '../build/files.mjs';
import { isProgram, listedFolders, printedTable } from './layer-table.mjs';

const START = '<!-- layers -->';
const END = '<!-- /layers -->';

/** Imports go down the floors of layers.json, programs are started and not imported, ARCHITECTURE.md shows the table. */
export async function checkLayers() {
  checkFolders();
  await runTool('depcruise', ['src', '--config', '.dependency-cruiser.mjs', '--output-type', 'err-long']);
  await checkPrograms();
  checkPrintedTable();
}

function checkFolders() {
  const listed = listedFolders();
  const strays = readdirSync(join(root, 'src'), { withFileTypes: true })
    .map((entry) => (entry.isDirectory() ? entry.name : basename(entry.name, '.ts')))
    .filter((name) => !listed.includes(name));
  if (strays.length > 0) fail(`src/ holds what layers.json gives no floor: ${strays.join(', ')}`);
}

/** `export {}` is allowed: it makes a file without imports a module. */
async function checkPrograms() {
  const { default: ts } = await import('typescript');
  const isExport = (node) =>
    ts.isExportAssignment(node) ||
    (ts.isExportDeclaration(node) && !(node.exportClause?.elements?.length === 0 && !node.moduleSpecifier)) ||
    (ts.canHaveModifiers(node) && ts.getModifiers(node)?.some((it) => it.kind === ts.SyntaxKind.ExportKeyword));
  const programs = filesUnder('src').filter(isProgram);
  const exporting = programs.filter((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return ts.createSourceFile(path, text, ts.ScriptTarget.Latest).statements.some(isExport);
  });
  if (exporting.length > 0) fail(`A -main file exports nothing, but these do: ${exporting.join(', ')}`);
}

function checkPrintedTable() {
  const path = join(root, 'ARCHITECTURE.md');
  if (!existsSync(path)) fail('ARCHITECTURE.md is missing; it must show the layer table');
  const text = readFileSync(path, 'utf8');
  const start = text.indexOf(START);
  const end = text.indexOf(END);
  if (start === -1 || end < start) fail(`ARCHITECTURE.md has no layer table between ${START} and ${END}`);
  if (text.slice(start + START.length, end).trim() !== printedTable()) {
    fail(
      'The layer table in ARCHITECTURE.md differs from layers.json; paste the output of: node scripts/layers.mjs --print',
    );
  }
}
