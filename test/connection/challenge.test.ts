import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { AuthenticationError } from 'brood';
import { answerChallenge, createChallenge, isRightAnswer } from '#dist/connection/challenge.js';

const KEY = Buffer.from('secret');
const numbers = (count: number): Buffer => Buffer.from(Array.from({ length: count }, (_, n) => n));
const named = (digest: string): Buffer => Buffer.concat([Buffer.from(`{${digest}}`), numbers(40)]);

/** Answers that CPython gives with the key "secret". */
const ANSWERS: ReadonlyArray<readonly [what: string, challenge: Buffer, answer: string]> = [
  ['sha256', named('sha256'), '7b7368613235367dfc57fbe650d6124b98215e7b5d197d5807ad69982d275a9735ea2d56f1fa6989'],
  ['md5, named', named('md5'), '7b6d64357de8928e8cca3ace2d777017168dc6a0b2'],
  ['md5, as before 3.12', numbers(20), '7defa9cc46abc3583325d17ccda75190'],
  [
    'sha3_384',
    named('sha3_384'),
    '7b736861335f3338347dbfbe71d4e622f58ebf6cbe049af4c8fe518645b482915af0940d678c37c0b46dd1a2a448f9ee5141c91bba42b46a7862',
  ],
];

for (const [what, challenge, answer] of ANSWERS) {
  test(`a challenge of CPython is answered as CPython answers it: ${what}`, () => {
    assert.equal(answerChallenge(KEY, challenge).toString('hex'), answer);
  });
}

for (const [what, challenge] of [
  ['an unknown digest', named('sha1')],
  ['no digest', numbers(30)],
  ['nothing', Buffer.alloc(0)],
] as const) {
  test(`a challenge with ${what} is refused`, () => {
    assert.throws(() => answerChallenge(KEY, challenge), AuthenticationError);
  });
}

test('our challenge accepts the answers of both generations, and no other', () => {
  const challenge = createChallenge();
  const modern = answerChallenge(KEY, challenge);
  assert.equal(challenge.byteLength, 48);
  assert.ok(isRightAnswer(KEY, challenge, modern));
  const legacy = 'bare HMAC-MD5 over the whole challenge';
  assert.ok(isRightAnswer(KEY, challenge, legacyAnswer(challenge)), legacy);
  for (const wrong of [
    Buffer.alloc(0),
    numbers(16),
    numbers(20),
    Buffer.from(modern).fill(0, 20, 21),
    modern.subarray(8),
  ]) {
    assert.equal(isRightAnswer(KEY, challenge, wrong), modern.equals(wrong));
  }
  assert.ok(!isRightAnswer(Buffer.from('other'), challenge, modern));
  assert.ok(!isRightAnswer(KEY, createChallenge(), modern));
});

test('an empty key is a key', () => {
  const challenge = createChallenge();
  assert.ok(isRightAnswer(Buffer.alloc(0), challenge, answerChallenge(Buffer.alloc(0), challenge)));
  assert.ok(!isRightAnswer(KEY, challenge, answerChallenge(Buffer.alloc(0), challenge)));
});

function legacyAnswer(challenge: Buffer): Buffer {
  return createHmac('md5', KEY).update(challenge).digest();
}
