/**
 * Counts the leaves of one file's event lines: a test or suite that has subtests counts through them, unless it failed
 * by itself, in a hook or after them.
 * @param {string} lines what the reporter wrote
 */
export function tally(lines) {
  const result = { passed: 0, skipped: 0, failures: [], running: [], isComplete: false };
  const path = [];
  const hadChild = [];
  const running = new Map();
  for (const event of parse(lines)) {
    if (event.type === 'end') {
      result.isComplete = true;
      continue;
    }
    const { nesting } = event;
    const key = `${nesting}:${event.name}`;
    if (event.type === 'begin') {
      path.length = nesting;
      path[nesting] = event.name;
      const title = [...path].join(' > ');
      running.set(key, [...(running.get(key) ?? []), title]);
      continue;
    }
    const [title = event.name] = running.get(key)?.splice(0, 1) ?? [];
    const isContainer = event.isSuite || hadChild[nesting + 1] === true;
    hadChild[nesting + 1] = false;
    hadChild[nesting] = true;
    count(result, event, title, isContainer);
  }
  result.running = [...running.values()].flat();
  return result;
}

function count(result, event, title, isContainer) {
  if (event.isSkipped) {
    result.skipped += 1;
  } else if (event.type === 'fail') {
    if (event.failure !== 'subtestsFailed') result.failures.push({ title, text: event.text });
  } else if (!isContainer) {
    result.passed += 1;
  }
}

/** The last line may be cut short by the writer's death. */
function* parse(lines) {
  for (const line of lines.split('\n')) {
    try {
      yield JSON.parse(line);
    } catch {}
  }
}
