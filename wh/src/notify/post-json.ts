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

/** Posts JSON, with the headers that `sign` makes of its bytes. Throws a retryable `DeliveryError` when there is no answer. The address is part secret, so no message ever names it. */
export async function postJson(
  name: string,
  url: string,
  body: object,
  sign: (text: string) => Readonly<Record<string, string>> = () => ({}),
): Promise<PostAnswer> {
  const text = JSON.stringify(body);
  try {
    const response = await request(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...sign(text) },
      body: text,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { statusCode: status } = response;
    return {
      status,
      isOk: status >= 200 && status <= 299,
      body: await shortBody(response.body),
      retryAfterMs: askedMs(response.headers),
    };
  } catch (error) {
    const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "no answer";
    throw new DeliveryError(`${name} cannot be reached (${code})`, { isRetryable: true });
  }
}

/** Retry-After is seconds, or a time by the clock of whoever answers, which the answer tells. */
function askedMs(headers: Readonly<Record<string, string | string[] | undefined>>): number | undefined {
  const asked = headers["retry-after"];
  if (typeof asked !== "string") return undefined;
  const seconds = Number(asked);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(asked) - Date.parse(String(headers.date));
  return ms >= 0 ? ms : undefined;
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
