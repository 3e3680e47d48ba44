import type { Command } from 'commander';
import type { ExitStatus } from './exit-status.ts';
import { type MapOptions, readMapSettings } from './map-settings.ts';
import { runMapCommand } from './run-map-command.ts';

/** `brood map <module>[#export] [inputs…]` */
export function addMapCommand(program: Command, setStatus: (status: ExitStatus) => void): void {
  program
    .command('map')
    .summary('call a function once for each input')
    .description(
      'Calls an exported function once for each input, in parallel processes, and prints a line of NDJSON for each.',
    )
    .argument('<module[#export]>', 'JavaScript or TypeScript module; without #export, its default export')
    .argument('[inputs...]', 'the inputs, as strings; with --lines or --ndjson, the files to read (default: stdin)')
    .optionsGroup('Inputs:')
    .option('-f, --files <glob>', 'the inputs are the paths that match; may be repeated', collect)
    .option('-l, --lines', 'the inputs are the lines of the files given, or of stdin')
    .option('-n, --ndjson', 'the same, each line a JSON value')
    .optionsGroup('How to run:')
    .option('-j, --jobs <count>', 'worker processes (default: one for each core)')
    .option('-t, --timeout <duration>', 'stop an input that takes longer: 500ms, 5s, 1.5m, 1h')
    .option('-r, --retries <count>', 'run an input again after a failure, a crash or a timeout (default: 0)')
    .option(
      '-c, --chunk <count>',
      'inputs sent to a worker at once (default: one, more while they take only a few milliseconds)',
    )
    .option('--halt <when>', 'end at a failure: now (kill what runs), soon (let it finish); now,fail=3 at the third')
    .optionsGroup('Output:')
    .option('-o, --output <file>', 'write the lines to a file, not to stdout')
    .option('--resume', 'skip inputs whose result is in the --output file already, and append to it')
    .option('-u, --unordered', 'lines as results come, not in the order of the inputs')
    .option('-q, --quiet', 'nothing on stderr but what ends the command early')
    .optionsGroup('Help:')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', HELP)
    .action(async (module: string, inputs: string[], options: MapOptions) => {
      setStatus(await runMapCommand(module, readMapSettings(inputs, options)));
    });
}

const HELP = `
Each line has the input, its result or error, the run time in milliseconds, the
process, the attempts, and the key that --resume goes by. Progress and messages
go to stderr, and so does what the function prints.

Exit status: 0 every input succeeded, 1 some failed, 2 wrong usage, 130
interrupted. Ctrl-C lets running inputs finish for two seconds; a second one
ends at once.

Examples:
  $ brood map ./tasks.mjs#double 1 2 3
  $ brood map ./measure.ts --files 'src/**/*.ts' -t 5s -o sizes.ndjson
  $ brood map ./measure.ts --files 'src/**/*.ts' -o sizes.ndjson --resume
  $ zcat urls.gz | brood map ./fetch.mjs --lines -j 16 -r 2 | jq -r .result
  $ brood map ./score.mjs --ndjson rows.ndjson -c 100 --halt soon,fail=10`;

function collect(glob: string, globs: string[] = []): string[] {
  return [...globs, glob];
}
