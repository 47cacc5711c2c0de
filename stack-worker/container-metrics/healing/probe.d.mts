import type { WatchedReplica } from "./watch-replicas.mjs";

export function probe(replica: WatchedReplica): Promise<boolean>;
