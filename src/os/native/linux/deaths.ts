import type { DeathCalls } from '../contract.ts';
import { readTaskStatus } from '../task-status.ts';
import type { Libc } from './libc.ts';
import { watchReadable } from './readable-watch.ts';

/** The same number on every architecture. */
const SYS_PIDFD_OPEN = 434;
/** Watches a thread that is not its process's first; Linux 6.9. */
const PIDFD_THREAD = 0x80;
const WNOHANG = 1;
const ESRCH = 3;
/** ENOENT on newer kernels, EINVAL before. */
const NO_FIRST_THREAD = [2, 22];
/**
 * Where the kernel (before 5.3, for threads 6.9), a sandbox or a limit denies a pidfd, and in worker threads. The only
 * timer of this floor.
 */
const POLL_INTERVAL = 100;

/** pidfd: readable once the process has ended, zombies included, and no wake-up before. */
export function createDeathCalls(libc: Libc, isMainThread: boolean): DeathCalls {
  const pidfdOpen = libc.declare<(n: number, pid: number, flags: number) => number>(
    'int64_t syscall(int64_t n, int64_t pid, int64_t flags)',
  );
  const close = libc.declare<(fd: number) => number>('int close(int fd)');
  const waitpid = libc.declare<(pid: number, status: null, options: number) => number>(
    'int waitpid(int pid, void *status, int options)',
  );
  const reap = (pid: number): void => void waitpid(pid, null, WNOHANG);

  const watchDescriptor = (fd: number, onDeath: () => void): Disposable => {
    const onReadable = (): void => {
      watch[Symbol.dispose]();
      onDeath();
    };
    const watch = watchReadable(libc, fd, onReadable, () => close(fd));
    return watch;
  };

  // See listenInThread in bells.ts: a watched descriptor could abort the process.
  if (!isMainThread) return { watch: watchByTimer, reap };

  return {
    watch(id: number, onDeath: () => void): Disposable {
      let fd = Number(pidfdOpen(SYS_PIDFD_OPEN, id, 0));
      if (fd < 0 && NO_FIRST_THREAD.includes(libc.koffi.errno()))
        fd = Number(pidfdOpen(SYS_PIDFD_OPEN, id, PIDFD_THREAD));
      if (fd >= 0) return watchDescriptor(fd, onDeath);
      if (libc.koffi.errno() !== ESRCH) return watchByTimer(id, onDeath);
      const immediate = setImmediate(onDeath);
      return { [Symbol.dispose]: () => clearImmediate(immediate) };
    },
    reap,
  };
}

function watchByTimer(id: number, onDeath: () => void): Disposable {
  const timer = setInterval(() => {
    const status = readTaskStatus(id);
    if (status !== undefined && !status.isDead) return;
    clearInterval(timer);
    onDeath();
  }, POLL_INTERVAL);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
