/** One entry of Docker's list of containers, as far as it is read. */
export interface ListedContainer {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Status: string;
  readonly Labels: Readonly<Record<string, string>>;
}

export interface DockerClient {
  containers(project: string): Promise<ListedContainer[]>;
  stats(id: string): Promise<object>;
}

export function dockerClient(socketPath: string): DockerClient;
