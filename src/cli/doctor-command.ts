import type { Command } from 'commander';
import { examine, type Finding } from './doctor.ts';
import { ExitStatus } from './exit-status.ts';

const MARKS = { good: 'ok', limited: '!!', missing: 'NO' } as const;

/** `brood doctor` */
export function addDoctorCommand(program: Command, setStatus: (status: ExitStatus) => void): void {
  program
    .command('doctor')
    .summary('say what this machine offers, and what is missing')
    .description(
      'Says what this machine offers brood, and what is missing: Node, cores, memory, limits, a worker started on trial.',
    )
    .helpOption('-h, --help', 'print this help')
    .addHelpText(
      'after',
      `
Marks: ok; !! works, with the limit that is named; NO is needed and missing.
Exit status: 0 brood works here, 1 something that it needs is missing.

Examples:
  $ brood doctor
  $ brood doctor > doctor.txt   # for a bug report`,
    )
    .action(async () => {
      const findings = await examine();
      process.stdout.write(findings.map(formatFinding).join(''));
      const isMissing = findings.some(({ state }) => state === 'missing');
      setStatus(isMissing ? ExitStatus.someFailed : ExitStatus.succeeded);
    });
}

function formatFinding({ topic, state, text, remedy }: Finding): string {
  const line = `${MARKS[state]}  ${topic.padEnd(16)}${text}\n`;
  return remedy === undefined ? line : `${line}${' '.repeat(20)}${remedy}\n`;
}
