import { request } from "node:http";

const TIMEOUT_MS = 3000;

/**
 * The two questions that the exporter asks the Docker engine, over its unix socket. Rejects when it does not answer in 3 s or answers an error.
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
    /** Running containers of a compose project. */
    containers: (project) => {
      const filters = { label: [`com.docker.compose.project=${project}`], status: ["running"] };
      return get(`/containers/json?filters=${encodeURIComponent(JSON.stringify(filters))}`);
    },
    /** One reading of a container's cgroups. */
    stats: (id) => get(`/containers/${id}/stats?stream=false&one-shot=true`),
  };
}
