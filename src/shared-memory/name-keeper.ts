import { spawn } from 'node:child_process';
import { closeSync, writeSync } from 'node:fs';
import { requireNative } from '../os/native/native.ts';

/** Removes the names in /dev/shm that this process leaves behind when it dies, however it dies. */
export interface NameKeeper {
  /** The file is this process's: it goes when the process does. */
  keep(path: string): void;
  /** As `keep` for `draft`; and for `path` too, if that is the same file by then. */
  keepDraft(draft: string, path: string): void;
  forget(path: string): void;
}

let current: NameKeeper | undefined;

/** For the floor that starts processes: its janitor watches over names too, so that there is one watcher and not two. */
export function setNameKeeper(keeper: NameKeeper): void {
  current = keeper;
}

export function nameKeeper(): NameKeeper {
  current ??= startNameKeeper();
  return current;
}

/**
 * Lines of "+<tab>path", "+<tab>draft<tab>path" and "-<tab>path"; at end of file, which even SIGKILL of the writer brings, what is still
 * listed goes. A draft's path goes only if it is the draft's own file: an equal name may be somebody else's.
 */
const SCRIPT = `
trap '' HUP INT TERM QUIT
tab=$(printf '\\t')
set --
while IFS= read -r line; do
  entry=\${line#??}
  case $line in
    +*) set -- "$@" "$entry" ;;
    *) left=$#
       while [ "$left" -gt 0 ]; do
         left=$((left - 1)); first=$1; shift
         [ "\${first%%"$tab"*}" = "$entry" ] || set -- "$@" "$first"
       done ;;
  esac
done
for entry do
  draft=\${entry%%"$tab"*}; path=\${entry#*"$tab"}
  if [ "$draft" = "$path" ] || [ "$draft" -ef "$path" ]; then rm -f -- "$path"; fi
  rm -f -- "$draft"
done
`;

/** About a megabyte of POSIX shell in a session of its own. It outlives this process by the time it takes to remove the names. */
function startNameKeeper(): NameKeeper {
  const [readEnd, writeEnd] = requireNative('SharedMemory').memory.createPipe();
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'brood-name-keeper'], {
    cwd: '/',
    detached: true,
    // Without this process's environment: it is meant to outlive the process tree, and must not be taken for a leftover.
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
    stdio: [readEnd, 'ignore', 'ignore'],
  });
  shell.unref();
  closeSync(readEnd);
  const write = (line: string): void => void writeSync(writeEnd, `${line}\n`);
  return {
    keep: (path) => write(`+\t${path}`),
    keepDraft: (draft, path) => write(`+\t${draft}\t${path}`),
    forget: (path) => write(`-\t${path}`),
  };
}
