import { createServer, request as forward, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type AwsRequest, callName } from "./call-name.ts";

/** An answer of the emulator. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A gap of the emulator that AWS does not have, and what stands in for it. */
export interface Gap {
  readonly why: string;
  /** Calls that it concerns, such as `ec2:CreateVpc`. */
  readonly calls: readonly string[];
  /** What the emulator gets instead of the request. */
  readonly request?: (request: AwsRequest) => AwsRequest;
  /** What the caller gets instead of the emulator's answer. */
  readonly answer?: (answer: Answer, request: AwsRequest) => Answer;
}

/** An endpoint in front of an emulator. */
export interface PassThrough {
  readonly endpoint: string;
  /** Names of the calls so far. */
  readonly calls: ReadonlySet<string>;
  /** Calls that the emulator failed on, with its words. */
  readonly failures: readonly string[];
  close(): Promise<void>;
}

/** Starts an endpoint on a free loopback port that hands every call to the emulator, and closes its gaps; with a certificate it speaks TLS, and nothing else. */
export async function startPassThrough(
  emulator: string,
  gaps: readonly Gap[],
  certificate?: { readonly key: string; readonly cert: string },
): Promise<PassThrough> {
  const calls = new Set<string>();
  const failures: string[] = [];
  const answer: RequestListener = async (incoming, outgoing) => {
    try {
      const request = await readRequest(incoming);
      const name = callName(request);
      if (name !== undefined) calls.add(name);
      const concerned = gaps.filter((gap) => name !== undefined && gap.calls.includes(name));
      const asked = concerned.reduce((changed, gap) => gap.request?.(changed) ?? changed, request);
      const answered = await ask(emulator, asked);
      const { status, headers, body } = concerned.reduce(
        (changed, gap) => gap.answer?.(changed, request) ?? changed,
        answered,
      );
      if (status >= 500) failures.push(`${name}: ${status} ${body.slice(0, 300)}`);
      // A HEAD's length is that of what it does not get.
      const length = request.method === "HEAD" ? {} : { "content-length": Buffer.byteLength(body) };
      outgoing.writeHead(status, { ...headers, ...length });
      outgoing.end(request.method === "HEAD" ? undefined : body);
    } catch (error) {
      failures.push(String(error));
      outgoing.writeHead(502).end();
    }
  };
  const server = certificate ? createTlsServer({ ...certificate }, answer) : createServer(answer);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  return {
    endpoint: `${certificate ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    failures,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readRequest(incoming: IncomingMessage): Promise<AwsRequest> {
  const { method = "GET", url = "/", headers } = incoming;
  return { method, url, headers, body: await text(incoming) };
}

function ask(emulator: string, { method, url, headers, body }: AwsRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { "content-length": _length, "transfer-encoding": _encoding, ...others } = headers;
    const sent = forward(new URL(url, emulator), {
      method,
      headers: { ...others, "content-length": Buffer.byteLength(body) },
    });
    sent.once("error", reject);
    sent.once("response", (response) => {
      const { "transfer-encoding": _chunked, ...kept } = response.headers;
      text(response).then((body) => resolve({ status: response.statusCode ?? 502, headers: kept, body }), reject);
    });
    sent.end(body);
  });
}
