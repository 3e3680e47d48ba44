/**
 * Resolves once all that was written to stdout and stderr has left this process: at a pipe that is full, Node goes on
 * writing in the background, and `process.exit()` would cut it off. Who has written nothing does not even load the streams.
 */
export async function flushOutput(): Promise<void> {
  const isWriting = process.getActiveResourcesInfo().some((resource) => resource.endsWith('WriteWrap'));
  if (isWriting) await Promise.all([process.stdout, process.stderr].map(flush));
}

function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once('error', () => resolve()); // Nobody reads any more.
    stream.write('', () => resolve());
  });
}
