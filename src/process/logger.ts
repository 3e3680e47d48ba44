import { currentIdentity } from './identity.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof LEVELS)[number];

export interface Logger {
  /** Messages below it are dropped; `silent`, the default, drops all. */
  level: string;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

let level: LogLevel | 'silent' = 'silent';

const logger: Logger = {
  get level() {
    return level;
  },
  set level(value: string) {
    if (value !== 'silent' && !LEVELS.includes(value as LogLevel)) {
      throw new RangeError(
        `Cannot set the log level to "${value}": it is none of ${LEVELS.join(', ')}, silent; choose one`,
      );
    }
    level = value as LogLevel;
  },
  debug: (message) => write('debug', message),
  info: (message) => write('info', message),
  warn: (message) => write('warn', message),
  error: (message) => write('error', message),
};

/** This process's logger. Children start with the level their parent had when they were started. */
export function getLogger(): Logger {
  return logger;
}

/** Shows what the library does on stderr, from `level` up; default `debug`. Each line: `[INFO/Process-1] message`. */
export function logToStderr(level: LogLevel = 'debug'): void {
  logger.level = level;
}

function write(at: LogLevel, message: string): void {
  if (level === 'silent' || LEVELS.indexOf(at) < LEVELS.indexOf(level)) return;
  process.stderr.write(`[${at.toUpperCase()}/${currentIdentity().name}] ${message}\n`);
}
