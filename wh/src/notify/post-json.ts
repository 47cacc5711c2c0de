import { request } from "undici";
import { firstOf, wellFormed } from "../text/code-points.ts";
import { DeliveryError } from "./channel.ts";

const TIMEOUT_MS = 5_000;
/** Answers are a sentence long. */
const MAX_BYTES = 64 * 1024;
const WORDS_LIMIT = 200;
/** Statuses by which a service says "later". */
const LATER = new Set([408, 425, 429]);

export interface PostAnswer {
  readonly status: number;
  readonly isOk: boolean;
  /** As it was sent; empty when it is no text of a sensible size. */
  readonly body: string;
  /** What the header Retry-After asks for. */
  readonly retryAfterMs: number | undefined;
}

/** Posts JSON. Throws a retryable `DeliveryError` when there is no answer. The address is part secret, so no message ever names it. */
export async function postJson(name: string, url: string, body: object): Promise<PostAnswer> {
  try {
    const response = await request(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { statusCode: status } = response;
    const seconds = Number(response.headers["retry-after"]);
    return {
      status,
      isOk: status >= 200 && status <= 299,
      body: await shortBody(response.body),
      retryAfterMs: Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined,
    };
  } catch (error) {
    const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "no answer";
    throw new DeliveryError(`${name} cannot be reached (${code})`, { isRetryable: true });
  }
}

/** The failure that an answer means; `words` are the service's own, `advice` is what to do. */
export function refusal(
  name: string,
  { status, retryAfterMs }: PostAnswer,
  words: string,
  advice: string | undefined,
): DeliveryError {
  const said = firstOf(wellFormed(words).replace(/\s+/g, " ").trim(), WORDS_LIMIT);
  return new DeliveryError(
    `${name} answered ${status}${said ? `: ${said}` : ""}${advice === undefined ? "" : `. ${advice}`}`,
    { isRetryable: status >= 500 || LATER.has(status), retryAfterMs },
  );
}

async function shortBody(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length <= MAX_BYTES) chunks.push(chunk);
    else return "";
  }
  return Buffer.concat(chunks).toString("utf8");
}
