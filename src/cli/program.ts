import { Command, CommanderError } from 'commander';
import { packageVersion } from '../util/package-version.ts';
import { addDoctorCommand } from './doctor-command.ts';
import { ExitStatus } from './exit-status.ts';
import { addMapCommand } from './map-command.ts';
import { UsageError } from './usage-error.ts';

/** Runs one command line; resolves to the exit status once everything it started is over. */
export async function runProgram(words: readonly string[]): Promise<ExitStatus> {
  let status: ExitStatus = ExitStatus.succeeded;
  const setStatus = (ended: ExitStatus): void => {
    status = ended;
  };
  const program = createProgram();
  addMapCommand(program, setStatus);
  addDoctorCommand(program, setStatus);
  try {
    await program.parseAsync(words, { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitStatus.succeeded : ExitStatus.usage;
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`brood: ${error.message}\n`);
    return ExitStatus.usage;
  }
}

function createProgram(): Command {
  return new Command('brood')
    .description(
      'Runs a function of yours over many inputs, on all cores, in processes that cannot take each other down.',
    )
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .showHelpAfterError('(brood --help says what there is)')
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'brood: ')) })
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  $ brood map ./resize.mjs#thumbnail --files 'photos/**/*.jpg' --timeout 30s
  $ cat urls.txt | brood map ./fetch.mjs#title --lines -j 8 > titles.ndjson
  $ brood doctor`,
    );
}
