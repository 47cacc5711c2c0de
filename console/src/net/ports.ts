/** What the page needs of the browser, so that it can be tested without one. */
export interface Answer {
  readonly status: number;
  readonly text: () => Promise<string>;
}

export interface Asked {
  readonly method: "GET" | "POST" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Asks the scaler that served the page. Rejects when nobody answers in time. */
export type Ask = (path: string, asked: Asked) => Promise<Answer>;

export interface StreamListener {
  readonly onEvent: (name: string, data: string) => void;
  /** The stream has ended and does not come back by itself. */
  readonly onEnd: () => void;
}

/** Opens server-sent events; the returned function ends them. Undefined where the browser has none. */
export type OpenStream = ((path: string, listener: StreamListener) => () => void) | undefined;

export interface PageClock {
  /** Milliseconds that never jump. */
  readonly pageMs: () => number;
  /** This machine's time, epoch milliseconds. */
  readonly wallMs: () => number;
  /** Runs `task` once after `delayMs`; the returned function cancels it. */
  readonly after: (delayMs: number, task: () => void) => () => void;
}
