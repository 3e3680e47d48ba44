import { appendFileSync } from 'node:fs';
import { inspect } from 'node:util';

/**
 * A node:test reporter that appends one JSON line per event to $BROOD_TEST_EVENTS, at once, so that nothing is lost when
 * the file's process dies. Only the process the runner started reports: its children may load node:test too.
 */
export default async function* reportEvents(source) {
  const path = process.env.BROOD_TEST_EVENTS;
  if (!path || process.ppid !== Number(process.env.BROOD_TEST_RUNNER)) {
    for await (const _ of source);
    return;
  }
  const write = (line) => appendFileSync(path, `${JSON.stringify(line)}\n`);
  for await (const { type, data } of source) {
    if (type === 'test:dequeue') write({ type: 'begin', ...placeOf(data) });
    if (type === 'test:pass') write({ type: 'pass', ...placeOf(data), ...outcomeOf(data) });
    if (type === 'test:fail')
      write({ type: 'fail', ...placeOf(data), ...outcomeOf(data), ...storyOf(data.details.error) });
  }
  write({ type: 'end' });
}

const placeOf = ({ name, nesting }) => ({ name, nesting });

const outcomeOf = ({ skip, todo, details }) => ({
  isSuite: details?.type === 'suite',
  isSkipped: isSet(skip) || isSet(todo),
});

/** Node passes the reason, an empty string without one, or true. */
const isSet = (mark) => mark !== undefined && mark !== false;

function storyOf(error) {
  const cause = error?.cause ?? error;
  const text = typeof cause === 'string' ? cause : inspect(cause, { depth: 6, colors: false });
  return { failure: error?.failureType, text };
}
