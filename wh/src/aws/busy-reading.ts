import type { Unread } from "@compose-fleet/policy";

/** What else changes the group or its workers, in words; and what of that could not be read. */
export interface BusyReading {
  readonly busyWith?: string;
  readonly unread?: Unread;
}

/** In doubt something is under way: then nobody is drained, ended or replaced, and scaling out goes on. */
export function inDoubt(what: string, problem: string): BusyReading {
  return { busyWith: `perhaps ${what} (${problem})`, unread: { what: `whether ${what} is under way`, problem } };
}
