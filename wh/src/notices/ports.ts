/** Where events come from: what they name as their account and region has to be this. */
export interface Home {
  readonly account: string;
  readonly region: string;
}

/** An event as it lies in the queue. */
export interface QueuedEvent {
  readonly body: string;
  /** What it is removed by. A later delivery of the same event has another. */
  readonly handle: string;
}

/** The fleet's queue of AWS events. What is not removed comes again half a minute later, to whoever asks then. */
export interface EventQueue {
  /** Waits for up to 20 s for events. Throws when the queue cannot be read, or is not there. */
  receive(signal: AbortSignal): Promise<{ readonly home: Home; readonly events: readonly QueuedEvent[] }>;
  /** Idempotent. Throws when it cannot. */
  remove(handles: readonly string[]): Promise<void>;
}
