import { request as httpRequest, type IncomingHttpHeaders } from "node:http";

/** What becomes of a query that is not passed on. */
export type QueryFailure = "unavailable" | "empty";

export interface QueryGate {
  /** Queries that contain a text fail in this way; undefined passes them on again. */
  readonly fail: (text: string, how: QueryFailure | undefined) => void;
  /** Answers one request of Prometheus' API, from Prometheus itself unless its query is to fail. Never rejects. */
  readonly answer: (request: GateRequest) => Promise<GateAnswer>;
}

export interface GateRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface GateAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const TIMEOUT_MS = 10_000;
const JSON_TYPE = "application/json";
const EMPTY = JSON.stringify({ status: "success", data: { resultType: "vector", result: [] } });

/** Stands between the scalers and the Prometheus on this port of 127.0.0.1, and lets some of their queries fail. */
export function createQueryGate(prometheusPort: number): QueryGate {
  const failing = new Map<string, QueryFailure>();
  return {
    fail: (text, how) => {
      if (how === undefined) failing.delete(text);
      else failing.set(text, how);
    },
    answer: async (request) => {
      const query = new URLSearchParams(request.body).get("query") ?? "";
      const how = [...failing].find(([text]) => query.includes(text))?.[1];
      if (how === "empty") return { status: 200, contentType: JSON_TYPE, body: EMPTY };
      if (how === "unavailable") return problem(503, "query is refused by a fault");
      return passOn(prometheusPort, request);
    },
  };
}

function passOn(port: number, { method, path, headers, body }: GateRequest): Promise<GateAnswer> {
  return new Promise((resolve) => {
    const fail = (error: Error) => resolve(problem(502, error.message));
    const { authorization, "content-type": type } = headers;
    const outgoing = httpRequest(
      {
        host: "127.0.0.1",
        port,
        method,
        path,
        timeout: TIMEOUT_MS,
        headers: {
          "content-length": Buffer.byteLength(body),
          ...(authorization === undefined ? {} : { authorization }),
          ...(type === undefined ? {} : { "content-type": type }),
        },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("error", fail);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 502,
            contentType: response.headers["content-type"] ?? JSON_TYPE,
            body: text,
          }),
        );
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    outgoing.on("error", fail);
    outgoing.end(body);
  });
}

function problem(status: number, error: string): GateAnswer {
  return { status, contentType: JSON_TYPE, body: JSON.stringify({ status: "error", errorType: "unavailable", error }) };
}
