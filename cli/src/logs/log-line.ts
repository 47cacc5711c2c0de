/** A container whose lines are shown. */
export interface LogSource {
  /** Instance id, or `monitoring`. */
  readonly machine: string;
  /** The service of a compose file: one of the fleet's, or a part such as nginx or wh. */
  readonly service: string;
  /** Its number among the containers of that service. */
  readonly replica: string;
}

/** One line of a container. */
export interface LogLine {
  /** When it was written: RFC 3339 in UTC with nine digits of a second, so that it sorts as text. */
  readonly at: string;
  readonly source: LogSource;
  readonly text: string;
}

/** Which lines are meant. */
export interface LogQuery {
  readonly wants: (source: Pick<LogSource, "machine" | "service">) => boolean;
  /** Epoch milliseconds. */
  readonly sinceMs: number;
  /** Go on with what comes, until the signal. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/** The logs of a fleet's containers. */
export interface Logs {
  /** The lines, in order of time, many at once; while following, as far as they come within a quarter of a second. Throws `CliError`. */
  read(query: LogQuery): AsyncIterable<readonly LogLine[]>;
}

/** How a person tells the containers apart: `i-0123/web-2`. */
export function sourceText({ machine, service, replica }: LogSource): string {
  return `${machine}/${service}-${replica}`;
}
