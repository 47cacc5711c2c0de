import type { Clock } from "@compose-fleet/process";
import { messageOf } from "@compose-fleet/process";
import { type ActiveFault, type Fault, FaultError, type FaultInfo, type FaultRequest } from "./fault.ts";

export interface FaultRegistry {
  readonly available: () => readonly FaultInfo[];
  /** Oldest first. */
  readonly active: () => readonly ActiveFault[];
  /** Begins a fault. Rejects with `FaultError`, or with what the machine says; nothing is in force then. */
  readonly start: (request: FaultRequest) => Promise<ActiveFault>;
  /** Undoes one; resolves when it is undone. Rejects with `FaultError` for an unknown id. */
  readonly end: (id: string) => Promise<ActiveFault>;
  /** Undoes all, newest first, and refuses new ones. Never rejects. */
  readonly endAll: () => Promise<void>;
}

export interface FaultRegistryDeps {
  readonly faults: readonly Fault[];
  readonly clock: Clock;
  readonly newId: () => string;
  readonly onProblem: (sentence: string) => void;
}

interface Entry {
  readonly fault: ActiveFault;
  readonly undo: () => Promise<void>;
  readonly timer: AbortController;
}

/** Holds the faults in force and undoes each when its time is up. One of a name and target at a time. */
export function createFaultRegistry(deps: FaultRegistryDeps): FaultRegistry {
  const { clock } = deps;
  const entries = new Map<string, Entry>();
  const taken = new Set<string>();
  const inFlight = new Set<Promise<unknown>>();
  let closed = false;

  const keyOf = (name: string, target: string) => `${name} ${target}`;
  const track = <Result>(work: Promise<Result>): Promise<Result> => {
    const settled = work.then(
      () => undefined,
      () => undefined,
    );
    inFlight.add(settled);
    void settled.then(() => inFlight.delete(settled));
    return work;
  };

  async function begin(request: FaultRequest): Promise<ActiveFault> {
    const found = deps.faults.find((each) => each.name === request.name);
    if (!found || closed) throw new FaultError(409, `the fault ${request.name} is not possible in this fleet now`);
    if (request.worker !== undefined && found.worker === "none")
      throw new FaultError(400, `the fault ${request.name} does not hit one worker: leave out the worker`);
    const target = await found.target(request.worker);
    const key = keyOf(found.name, target);
    if (taken.has(key)) throw new FaultError(409, `${found.name} is already in force on ${target}: end it first`);
    taken.add(key);
    let undo: () => Promise<void>;
    try {
      undo = await found.begin(target);
    } catch (error) {
      taken.delete(key);
      throw error;
    }
    const startedAtMs = clock.nowMs();
    const endsAtMs = request.forSeconds === undefined ? undefined : startedAtMs + request.forSeconds * 1000;
    const fault: ActiveFault = {
      id: deps.newId(),
      name: found.name,
      target,
      startedAtMs,
      ...(endsAtMs === undefined ? {} : { endsAtMs }),
    };
    const timer = new AbortController();
    entries.set(fault.id, { fault, undo, timer });
    if (endsAtMs !== undefined)
      void clock.sleep(endsAtMs - startedAtMs, timer.signal).then(
        () => track(undoOne(fault.id)),
        () => undefined,
      );
    return fault;
  }

  /** An undo that fails is a problem to report, and not tried again: what it was about may be gone for good. */
  async function undoOne(id: string): Promise<void> {
    const entry = entries.get(id);
    if (!entry) return;
    entries.delete(id);
    entry.timer.abort(new Error("undone"));
    try {
      await entry.undo();
    } catch (error) {
      deps.onProblem(`undoing ${entry.fault.name} on ${entry.fault.target} failed: ${messageOf(error)}`);
    }
    taken.delete(keyOf(entry.fault.name, entry.fault.target));
  }

  return {
    available: () => deps.faults.map(({ name, description, worker }) => ({ name, description, worker })),
    active: () => [...entries.values()].map((each) => each.fault),
    start: (request) => track(begin(request)),
    end: async (id) => {
      const entry = entries.get(id);
      if (!entry) throw new FaultError(404, `no fault ${id} is in force: GET /faults lists them`);
      await track(undoOne(id));
      return entry.fault;
    },
    endAll: async () => {
      closed = true;
      while (inFlight.size > 0) await Promise.all(inFlight);
      for (const id of [...entries.keys()].reverse()) await undoOne(id);
    },
  };
}
