import { createWhClient, type WhClient } from "./wh-client.ts";

/** Addresses of the scalers of a fleet. */
export interface WhEndpoints {
  readonly wh: string;
  readonly whStandby?: string;
}

/** Asks the scaler that leads; while it does not answer, the other one. Throws what the last one asked throws. */
export function createWhPair(endpoints: WhEndpoints, token: string): WhClient {
  const urls = [endpoints.wh, ...(endpoints.whStandby === undefined ? [] : [endpoints.whStandby])];
  const clients = urls.map((baseUrl) => createWhClient({ baseUrl, token }));

  async function ask<T>(question: (client: WhClient) => Promise<T>): Promise<T> {
    let failure: unknown;
    for (const client of await inOrder()) {
      try {
        return await question(client);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  async function inOrder(): Promise<readonly WhClient[]> {
    if (clients.length < 2) return clients;
    const leads = await Promise.all(clients.map((client) => client.leads().catch(() => false)));
    return [...clients].sort((a, b) => rank(leads, clients.indexOf(a)) - rank(leads, clients.indexOf(b)));
  }

  return {
    status: () => ask((client) => client.status()),
    decisions: (limit) => ask((client) => client.decisions(limit)),
    explain: (target) => ask((client) => client.explain(target)),
    pinWorkers: (workers, forSeconds) => ask((client) => client.pinWorkers(workers, forSeconds)),
    removeOverride: (id) => ask((client) => client.removeOverride(id)),
    leads: () =>
      Promise.all(clients.map((client) => client.leads().catch(() => false))).then((all) => all.includes(true)),
  };
}

function rank(leads: readonly boolean[], index: number): number {
  return leads[index] === true ? 0 : 1;
}
