import { request } from "node:http";
import { CliError } from "@compose-fleet/process";
import { z } from "zod";
import type { FaultName } from "../faults/catalogue.ts";
import type { DeliveredMessage } from "../outside/fake-telegram.ts";

export interface FaultRequest {
  readonly name: FaultName;
  /** The fleet undoes it by itself after this long. */
  readonly forSeconds?: number;
  readonly worker?: string;
}

/** The faults of one local fleet. Every method throws `CliError` with the fleet's own sentence. */
export interface FaultClient {
  /** Returns the id of the fault, once it is in force. */
  start(fault: FaultRequest): Promise<string>;
  /** Undoes it; resolves when it is undone. Undoing what is no longer there changes nothing. */
  end(id: string): Promise<void>;
  /** What people were told by Telegram since the fleet began, oldest first. */
  messages(): Promise<readonly DeliveredMessage[]>;
}

const messagesSchema = z.object({ messages: z.array(z.object({ atMs: z.number(), text: z.string() })) });
const createdSchema = z.object({ id: z.string() });
const timeoutMs = 60_000;

/** A client of the control socket of a local fleet's process. */
export function createFaultClient(socketPath: string): FaultClient {
  return {
    start: async (fault) => {
      const { status, body } = await call(socketPath, "POST", "/faults", fault);
      if (status !== 201) throw new CliError(`The local fleet refused the fault ${fault.name}: ${problemOf(body)}`);
      return createdSchema.parse(JSON.parse(body)).id;
    },
    end: async (id) => {
      const { status, body } = await call(socketPath, "DELETE", `/faults/${encodeURIComponent(id)}`);
      if (status >= 300 && status !== 404)
        throw new CliError(`The local fleet could not undo the fault ${id}: ${problemOf(body)}`);
    },
    messages: async () => {
      const { status, body } = await call(socketPath, "GET", "/messages");
      if (status !== 200) throw new CliError(`The local fleet does not say what people heard: ${problemOf(body)}`);
      return messagesSchema.parse(JSON.parse(body)).messages;
    },
  };
}

function problemOf(body: string): string {
  try {
    return z.object({ error: z.string() }).parse(JSON.parse(body)).error;
  } catch {
    return body.slice(0, 200);
  }
}

function call(
  socketPath: string,
  method: string,
  path: string,
  input?: object,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(new CliError(`The local fleet does not answer: ${error.message}.`));
    const headers = input === undefined ? {} : { "content-type": "application/json" };
    const outgoing = request({ socketPath, method, path, headers, agent: false, timeout: timeoutMs }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      response.on("error", fail);
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    outgoing.on("error", fail);
    outgoing.end(input === undefined ? undefined : JSON.stringify(input));
  });
}
