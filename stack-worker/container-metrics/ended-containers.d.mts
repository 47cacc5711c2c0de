/** What the engine said of a container that has ended. */
export interface EndedRecord {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  readonly replica: string;
  readonly endedAtMs: number;
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  readonly health?: string | undefined;
  readonly signals: readonly string[];
  readonly by?: string | undefined;
  readonly times: number;
  /** 0 where nothing limits it. */
  readonly memoryLimitBytes?: number | undefined;
}

export interface RecorderDeps {
  readonly docker: {
    inspect(id: string): Promise<object>;
    logTail(id: string, lines: number, bytes: number): Promise<string>;
    events(
      project: string,
      sinceNano: number | undefined,
      signal: AbortSignal,
      onEvent: (event: object) => void,
    ): Promise<void>;
  };
  readonly project: string;
  readonly records: { write(record: EndedRecord, log: string, nowMs: number): Promise<void> };
  /** The script that told a container to leave; undefined when none did. */
  readonly leavingFor: (id: string) => Promise<string | undefined>;
  /** Epoch milliseconds. */
  readonly nowMs: () => number;
  readonly say: (sentence: string) => void;
  readonly sleep: (ms: number) => Promise<void>;
}

export function createRecorder(deps: RecorderDeps): { run(signal: AbortSignal): Promise<void> };
