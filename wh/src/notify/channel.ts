/** A way to reach people. May be sent the same text twice after a failure. */
export interface Channel {
  readonly name: string;
  /** How much one message holds, counted by `widthOf`; default 4,000. */
  readonly limit?: number;
  /** What one character (code point) of a text takes of the limit; default its UTF-16 code units. */
  readonly widthOf?: (character: string) => number;
  /** Sends one message within the limit, as plain text. Throws a sentence without addresses or tokens: a `DeliveryError` where it is known whether trying again helps. */
  send(text: string): Promise<void>;
}

export const DEFAULT_LIMIT = 4_000;

/** A message was not delivered. */
export class DeliveryError extends Error {
  /** Whether the same message may be delivered later. */
  readonly isRetryable: boolean;
  /** How long the channel asks to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  constructor(message: string, options: { readonly isRetryable: boolean; readonly retryAfterMs?: number | undefined }) {
    super(message);
    this.isRetryable = options.isRetryable;
    this.retryAfterMs = options.retryAfterMs;
  }
}
