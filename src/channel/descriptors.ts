/** Descriptors of the channel in a child: what the parent says, and what the child answers. */
export const INBOUND = 3;
export const OUTBOUND = 4;
