import type { WhApi } from "./client.ts";

/** Asks the scaler that leads; while it does not answer, the next one. Throws what the last one asked throws. */
export function createWhApiPair(clients: readonly WhApi[]): WhApi {
  async function ask<T>(question: (client: WhApi) => Promise<T>): Promise<T> {
    let failure: unknown;
    for (const client of await leaderFirst(clients)) {
      try {
        return await question(client);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  return {
    status: () => ask((client) => client.status()),
    snapshot: () => ask((client) => client.snapshot()),
    decisions: (limit, target) => ask((client) => client.decisions(limit, target)),
    audit: (query) => ask((client) => client.audit(query)),
    explain: (target) => ask((client) => client.explain(target)),
    explainReceipt: (id) => ask((client) => client.explainReceipt(id)),
    addOverride: (override) => ask((client) => client.addOverride(override)),
    removeOverride: (id, by) => ask((client) => client.removeOverride(id, by)),
    jobs: () => ask((client) => client.jobs()),
    runJob: (name, body) => ask((client) => client.runJob(name, body)),
  };
}

async function leaderFirst(clients: readonly WhApi[]): Promise<readonly WhApi[]> {
  if (clients.length < 2) return clients;
  const leads = await Promise.all(
    clients.map((client) =>
      client.status().then(
        ({ leader }) => leader.isMe,
        () => false,
      ),
    ),
  );
  const those = (does: boolean) => clients.filter((_client, index) => leads[index] === does);
  return [...those(true), ...those(false)];
}
