import { createConnections } from "./connections.ts";
import { generateLoad } from "./generator.ts";
import { loopbackTarget } from "./loopback-target.ts";
import type { LoadFailure, LoadRequest, LoadSecond, LoadSummary } from "./messages.ts";
import { createLoadStats } from "./stats.ts";

/** Who is told what while a load runs. */
export interface LoadListener {
  readonly onSecond: (second: LoadSecond) => void;
  readonly onFailure: (failure: LoadFailure) => void;
}

/** Sends a load from this process with its clocks; resolves when every request has its outcome. Throws for a target elsewhere than on this machine. */
export async function runLoad(request: LoadRequest, listener: LoadListener, stop: AbortSignal): Promise<LoadSummary> {
  const { timeoutMs, proxyProtocol = false, profile, maxInFlight } = request;
  const target = loopbackTarget(request.target);
  const nowMs = () => performance.now();
  const epochMs = () => Date.now();
  const connections = createConnections({ ...request, target, timeoutMs, proxyProtocol, nowMs, epochMs });
  const cpuMicros = () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  };
  try {
    return await generateLoad(
      { connections, stats: createLoadStats(), nowMs, epochMs, cpuMicros },
      { profile, maxInFlight, ...listener, stop },
    );
  } finally {
    await connections.close();
  }
}
