/** The boots in flight, each of which can be broken off. */
export interface Boots {
  /** Begins one; `boot` never rejects. */
  readonly begin: (instanceId: string, boot: (cancelled: AbortSignal) => Promise<void>) => void;
  /** The boot of an instance; undefined once it has ended. */
  readonly of: (instanceId: string) => { readonly cancel: AbortController; readonly done: Promise<void> } | undefined;
  /** Breaks all off. */
  readonly abort: (reason: Error) => void;
  /** Resolves when none is in flight. */
  readonly settle: () => Promise<void>;
}

/** Nothing boots yet. */
export function createBoots(): Boots {
  const boots = new Map<string, { readonly cancel: AbortController; readonly done: Promise<void> }>();
  return {
    begin: (instanceId, boot) => {
      const cancel = new AbortController();
      const done = boot(cancel.signal).finally(() => boots.delete(instanceId));
      boots.set(instanceId, { cancel, done });
    },
    of: (instanceId) => boots.get(instanceId),
    abort: (reason) => {
      for (const { cancel } of boots.values()) cancel.abort(reason);
    },
    settle: async () => {
      await Promise.all([...boots.values()].map(({ done }) => done));
    },
  };
}
