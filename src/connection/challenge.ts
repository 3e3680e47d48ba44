import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { AuthenticationError } from '../errors/authentication-error.ts';

/**
 * Who knows the key can answer a challenge, as CPython's multiprocessing does it. Since 3.12 a challenge names its digest,
 * `{sha256}` and 40 random bytes, and so does the answer; the digest covers the name too. Before, it was 20 random bytes, and
 * the answer a bare HMAC-MD5; such a peer answers any challenge that way, and is heard.
 */
const DIGESTS: readonly string[] = ['md5', 'sha256', 'sha384', 'sha3_256', 'sha3_384'];
const OWN_DIGEST = 'sha256';
const RANDOM_BYTES = 40;
const LEGACY_DIGEST = 'md5';
const LEGACY_LENGTHS: readonly number[] = [16, 20];

const PREFIX = /^\{([a-z0-9_]+)\}/;

export function createChallenge(): Buffer {
  return Buffer.concat([Buffer.from(`{${OWN_DIGEST}}`), randomBytes(RANDOM_BYTES)]);
}

/** Throws an AuthenticationError at what is no challenge of either generation. */
export function answerChallenge(key: Uint8Array, challenge: Uint8Array): Buffer {
  if (LEGACY_LENGTHS.includes(challenge.byteLength)) return hmac(LEGACY_DIGEST, key, challenge);
  const digest = digestOf(challenge);
  if (digest === undefined) {
    throw new AuthenticationError(
      `Cannot authenticate: unsupported message length, missing digest prefix, or unsupported digest in a challenge of ${challenge.byteLength} bytes; connect to a peer that speaks the protocol of CPython's multiprocessing`,
    );
  }
  return Buffer.concat([Buffer.from(`{${digest}}`), hmac(digest, key, challenge)]);
}

/** True if only somebody with the key can have given this answer to a challenge of ours. In constant time. */
export function isRightAnswer(key: Uint8Array, challenge: Uint8Array, answer: Uint8Array): boolean {
  const own = answerChallenge(key, challenge);
  const expected = answer.byteLength === own.byteLength ? own : hmac(LEGACY_DIGEST, key, challenge);
  return answer.byteLength === expected.byteLength && timingSafeEqual(answer, expected);
}

function digestOf(challenge: Uint8Array): string | undefined {
  const name = PREFIX.exec(Buffer.from(challenge.subarray(0, 16)).toString('latin1'))?.[1];
  return name !== undefined && DIGESTS.includes(name) ? name : undefined;
}

/** OpenSSL writes a hyphen where Python writes an underscore. */
function hmac(digest: string, key: Uint8Array, message: Uint8Array): Buffer {
  return createHmac(digest.replace('_', '-'), key).update(message).digest();
}
