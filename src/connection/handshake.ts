import { AuthenticationError } from '../errors/authentication-error.ts';
import { TimeoutError } from '../errors/timeout-error.ts';
import { answerChallenge, createChallenge, isRightAnswer } from './challenge.ts';
import type { Link } from './link.ts';

const CHALLENGE: Buffer = Buffer.from('#CHALLENGE#');
const WELCOME: Buffer = Buffer.from('#WELCOME#');
const FAILURE: Buffer = Buffer.from('#FAILURE#');
/** No message of a handshake is longer, in bytes. */
const LONGEST = 256;

export interface HandshakeLimit {
  /** When it must be over, on the clock of performance.now(). */
  readonly deadline: number;
  readonly signal?: AbortSignal | undefined;
}

export type Key = Uint8Array | string;

/** A text stands for its UTF-8. An empty key is a key. */
export function checkKey(key: Key | undefined): Uint8Array | undefined {
  if (key === undefined || key instanceof Uint8Array) return key;
  if (typeof key === 'string') return Buffer.from(key);
  throw new TypeError(`Cannot use a ${typeof key} as authKey: pass a string or a Uint8Array`);
}

const ADVICE = "connect programs that speak the protocol of CPython's multiprocessing, both with a key";

/**
 * The side that listens asks first. Both prove that they know the key, or it rejects with an AuthenticationError; with a
 * TimeoutError where the peer is silent.
 */
export async function authenticateAsListener(link: Link, key: Uint8Array, limit: HandshakeLimit): Promise<void> {
  await challenge(link, key, limit);
  await answer(link, key, limit);
}

export async function authenticateAsClient(link: Link, key: Uint8Array, limit: HandshakeLimit): Promise<void> {
  await answer(link, key, limit);
  await challenge(link, key, limit);
}

async function challenge(link: Link, key: Uint8Array, limit: HandshakeLimit): Promise<void> {
  const message = createChallenge();
  await say(link, Buffer.concat([CHALLENGE, message]));
  if (isRightAnswer(key, message, await hear(link, limit))) return await say(link, WELCOME);
  await say(link, FAILURE);
  throw new AuthenticationError(
    'Cannot authenticate the peer: the digest received was wrong; use the same authKey on both sides',
  );
}

async function answer(link: Link, key: Uint8Array, limit: HandshakeLimit): Promise<void> {
  const message = await hear(link, limit);
  if (!startsWith(message, CHALLENGE)) {
    throw new AuthenticationError(
      'Cannot authenticate: protocol error, expected a challenge; give both sides an authKey, or neither',
    );
  }
  await say(link, answerChallenge(key, message.subarray(CHALLENGE.byteLength)));
  const verdict = await hear(link, limit);
  if (verdict.byteLength === WELCOME.byteLength && startsWith(verdict, WELCOME)) return;
  throw new AuthenticationError(
    'Cannot authenticate: the digest sent was rejected; use the same authKey on both sides',
  );
}

function startsWith(message: Uint8Array, start: Buffer): boolean {
  return start.equals(message.subarray(0, start.byteLength));
}

async function say(link: Link, message: Uint8Array): Promise<void> {
  try {
    await link.send('bytes', message);
  } catch (error) {
    throw broken(error);
  }
}

async function hear(link: Link, { deadline, signal }: HandshakeLimit): Promise<Uint8Array> {
  let message: Uint8Array | undefined;
  try {
    const wait = { timeout: Math.max(0, deadline - performance.now()), signal };
    message = (await link.receive(LONGEST, wait))?.bytes;
  } catch (error) {
    signal?.throwIfAborted();
    throw broken(error);
  }
  if (message !== undefined) return message;
  throw new TimeoutError(`Cannot authenticate the peer: it did not answer in time; ${ADVICE}`);
}

function broken(cause: unknown): AuthenticationError {
  return new AuthenticationError(`Cannot authenticate the peer: it broke off, or sent something else; ${ADVICE}`, {
    cause,
  });
}
