/**
 * Calls what a descriptor of koffi's was watched for. On Node 26 nothing follows that call that lets promises go on: they
 * would wait for the next timer. An immediate comes in the same turn of the event loop.
 */
export function callFromPoll(act: () => void): void {
  setImmediate(nothing);
  act();
}

function nothing(): void {}
