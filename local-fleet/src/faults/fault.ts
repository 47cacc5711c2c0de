import { z } from "zod";
import { type FaultName, faultNames } from "./catalogue.ts";

/** What a caller asks for. `worker` is an instance id; where a fault needs one and none is named, the first healthy worker is taken. */
export const faultRequestSchema = z.strictObject({
  name: z.enum(faultNames, { error: `write one of ${faultNames.join(", ")}` }),
  forSeconds: z.number().positive().max(3600).optional(),
  worker: z
    .string()
    .regex(/^i-[0-9a-f]{8,17}$/, "write an instance id")
    .optional(),
});

export type FaultRequest = z.output<typeof faultRequestSchema>;

/** A fault in force. Times are epoch milliseconds. */
export interface ActiveFault {
  readonly id: string;
  readonly name: FaultName;
  /** What is broken: a container, an instance id, or `aws`. */
  readonly target: string;
  readonly startedAtMs: number;
  /** When it is undone by itself; absent = at shutdown. */
  readonly endsAtMs?: number;
}

/** How a fault begins and how it is undone. */
export interface Fault {
  readonly name: FaultName;
  /** A sentence for people. */
  readonly description: string;
  /** `needed`: it hits one worker. */
  readonly worker: "needed" | "none";
  /** What it would hit; two faults of one name and target are refused. Throws `FaultError` when there is nothing to hit. */
  readonly target: (worker: string | undefined) => Promise<string>;
  /** Begins the fault and returns what undoes it. */
  readonly begin: (target: string) => Promise<() => Promise<void>>;
}

/** One line of the list of faults. */
export type FaultInfo = Pick<Fault, "name" | "description" | "worker">;

/** A fault that was not started or ended; `status` is HTTP's. */
export class FaultError extends Error {
  readonly status: 400 | 404 | 409;

  constructor(status: FaultError["status"], message: string) {
    super(message);
    this.name = "FaultError";
    this.status = status;
  }
}
