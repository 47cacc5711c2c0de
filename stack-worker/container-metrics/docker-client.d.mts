import type { RecorderDeps } from "./ended-containers.mjs";

/** One entry of Docker's list of containers, as far as it is read. */
export interface ListedContainer {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Status: string;
  readonly Labels: Readonly<Record<string, string>>;
  /** Epoch seconds. */
  readonly Created?: number;
  readonly NetworkSettings?: {
    readonly Networks?: Readonly<Record<string, { readonly IPAddress?: string }>>;
  };
}

export interface DockerClient {
  containers(project: string): Promise<ListedContainer[]>;
  inspect(id: string): Promise<object>;
  stats(id: string): Promise<object>;
}

/** What the recorder of ended containers asks besides. */
export type DockerHistory = RecorderDeps["docker"];

export function dockerClient(socketPath: string): DockerClient & DockerHistory;
