import { request } from "node:http";

const TIMEOUT_MS = 3000;
/** Of a log that is read for its end: 200 lines of 16 KB, which is Docker's longest. */
const READ_BYTES = 4 * 1024 * 1024;

function secondsOf(nano) {
  return `${nano / 1_000_000_000n}.${String(nano % 1_000_000_000n).padStart(9, "0")}`;
}

/** Docker's frames (stream, three zeros, length, bytes) without their heads. */
function unframed(bytes) {
  const parts = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at + 4);
    parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(parts);
}

/**
 * What the exporter and the recorder ask the Docker engine, over its unix socket: GETs alone. Rejects when it does not answer in 3 s or answers an error.
 * @param {string} socketPath
 */
export function dockerClient(socketPath) {
  const get = (path) =>
    new Promise((resolve, reject) => {
      const req = request({ socketPath, path: `/v1.41${path}`, timeout: TIMEOUT_MS }, (res) => {
        let text = "";
        res.setEncoding("utf8");
        res.on("data", (chunk) => (text += chunk));
        res.on("error", reject);
        res.on("end", () => {
          if (res.statusCode !== 200) return reject(new Error(`Docker answered ${res.statusCode} to ${path}`));
          try {
            resolve(JSON.parse(text));
          } catch (error) {
            reject(error);
          }
        });
      });
      req.on("timeout", () => req.destroy(new Error(`Docker did not answer ${path} in ${TIMEOUT_MS} ms`)));
      req.on("error", reject);
      req.end();
    });
  return {
    /** Running containers of a compose project, those that stand still included. */
    containers: (project) => {
      const filters = { label: [`com.docker.compose.project=${project}`], status: ["running", "paused"] };
      return get(`/containers/json?filters=${encodeURIComponent(JSON.stringify(filters))}`);
    },
    /** Everything about a container. */
    inspect: (id) => get(`/containers/${id}/json`),
    /** The last lines that a container printed, at most so many bytes of them. */
    logTail: (id, lines, bytes) =>
      new Promise((resolve, reject) => {
        const path = `/v1.41/containers/${id}/logs?stdout=true&stderr=true&timestamps=true&tail=${lines}`;
        const req = request({ socketPath, path, timeout: TIMEOUT_MS }, (res) => {
          let kept = Buffer.alloc(0);
          const isFramed = !/raw-stream/.test(res.headers["content-type"] ?? "");
          res.on("data", (chunk) => {
            kept = Buffer.concat([kept, chunk]);
            // Frames must be whole to be taken apart: a raw one may be cut anywhere.
            if (kept.length > READ_BYTES) res.destroy();
          });
          res.on("error", reject);
          res.on("close", () => {
            if (res.statusCode !== 200) return reject(new Error(`Docker answered ${res.statusCode} to ${path}`));
            resolve(
              (isFramed ? unframed(kept) : kept)
                .subarray(-bytes)
                .toString("utf8")
                .replace(/^\uFFFD+/, ""),
            );
          });
        });
        req.on("timeout", () => req.destroy(new Error(`Docker did not answer ${path} in ${TIMEOUT_MS} ms`)));
        req.on("error", reject);
        req.end();
      }),
    /** Calls `onEvent` for each event of the project's containers that says how they end, until the engine or the signal ends it. */
    events: (project, sinceNano, signal, onEvent) =>
      new Promise((resolve, reject) => {
        const filters = {
          type: ["container"],
          label: [`com.docker.compose.project=${project}`],
          event: ["oom", "health_status", "kill", "die", "destroy"],
        };
        // Nanoseconds as seconds with a fraction; one more, since what was at that time has been heard.
        const since = sinceNano === undefined ? "" : `&since=${secondsOf(BigInt(sinceNano) + 1n)}`;
        const path = `/v1.41/events?filters=${encodeURIComponent(JSON.stringify(filters))}${since}`;
        const req = request({ socketPath, path, signal }, (res) => {
          if (res.statusCode !== 200) return reject(new Error(`Docker answered ${res.statusCode} to ${path}`));
          let rest = "";
          res.setEncoding("utf8");
          res.on("data", (chunk) => {
            const lines = (rest + chunk).split("\n");
            rest = lines.pop() ?? "";
            for (const line of lines) if (line.trim() !== "") onEvent(JSON.parse(line));
          });
          res.on("error", (error) => (signal.aborted ? resolve(undefined) : reject(error)));
          res.on("end", () => resolve(undefined));
        });
        req.on("error", (error) => (signal.aborted ? resolve(undefined) : reject(error)));
        req.end();
      }),
    /** One reading of a container's cgroups. */
    stats: (id) => get(`/containers/${id}/stats?stream=false&one-shot=true`),
  };
}
