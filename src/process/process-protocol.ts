import type { Callee } from '../wire/callee.ts';

/** What a child process is to run; the body of the message holds the arguments, or the subclass's instance. */
export type ProcessOrder =
  | { readonly kind: 'call'; readonly target: Callee }
  | { readonly kind: 'run' } // the `run` method of the instance in the body
  | { readonly kind: 'nothing' };

/** Parent to child. */
export type ProcessRequest = { readonly kind: 'stop' };

/** Child to parent: nobody in it has ever looked at the signal that `stop` aborts, so there is nothing to wait for. */
export type ProcessReply = { readonly kind: 'unheard' };
