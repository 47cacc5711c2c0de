/** Where the fleet keeps which services are in maintenance. Throws AWS's errors. */
export interface MaintenanceStore {
  /** Undefined where nobody has written it yet. */
  read(): Promise<string | undefined>;
  /** Writing the same again changes nothing. */
  write(text: string): Promise<void>;
}

/** The fleet's workers, as far as they can be told to look at that. */
export interface MaintenanceWorkers {
  /** Those that are not on their way out; `boots` until they serve. Throws AWS's errors. */
  list(): Promise<readonly { readonly id: string; readonly boots: boolean }[]>;
  /** Has a worker do what is written, and waits until it has. Undefined when it has, else why not. Never throws. */
  obey(id: string): Promise<string | undefined>;
}
