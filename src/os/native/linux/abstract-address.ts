export const AF_UNIX = 1;

/** struct sockaddr_un with a name that starts with a zero byte: it is in no file system, and gone with its process. */
export function abstractAddress(name: string): Uint8Array {
  const bytes = Buffer.from(`\0\0\0${name}`, 'latin1');
  bytes.writeUInt16LE(AF_UNIX, 0);
  return bytes;
}
