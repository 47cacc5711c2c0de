/** A call that changes the world. `detail` says what was asked for. */
export interface ActionSeen {
  readonly name: string;
  readonly worker?: string;
  readonly replicas?: number;
  readonly detail: string;
}

/** Two workers under a load that needs exactly what runs: a scaler that looks finds nothing to do. */
export interface SteadyWorld {
  readonly groupName: string;
  readonly service: string;
  readonly desired: number;
  readonly requestsPerSecondEach: number;
  /** Ready replicas by worker. */
  readonly replicas: ReadonlyMap<string, number>;
  readonly actions: readonly ActionSeen[];
  act(action: ActionSeen): void;
}

/** Instance ids of the world's workers. */
export const WORKERS = ["i-0bench00000000001", "i-0bench00000000002"] as const;
/** Its one service, and the replicas that each worker runs and needs. */
export const SERVICE = "service-a";
export const STEADY_REPLICAS = 2;

/** The steady world; commands to scale are carried out at once. */
export function createSteadyWorld(groupName: string): SteadyWorld {
  const replicas = new Map<string, number>(WORKERS.map((worker) => [worker, STEADY_REPLICAS]));
  const actions: ActionSeen[] = [];
  return {
    groupName,
    service: SERVICE,
    desired: WORKERS.length,
    requestsPerSecondEach: 90,
    replicas,
    actions,
    act: (action) => {
      actions.push(action);
      if (action.worker !== undefined && action.replicas !== undefined && replicas.has(action.worker))
        replicas.set(action.worker, action.replicas);
    },
  };
}
