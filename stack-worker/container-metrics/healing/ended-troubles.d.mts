import type { EndedRecord } from "../ended-containers.mjs";
import type { Trouble } from "./healer.mjs";

export function endedTroubles(): {
  ended(record: EndedRecord, log: string, nowMs: number): void;
  at(nowMs: number): readonly Trouble[];
};
