import { request } from "undici";

const TIMEOUT_MS = 5_000;

/** Posts JSON and throws unless the answer is 2xx. The address is part secret, so no message ever names it. */
export async function postJson(name: string, url: string, body: object): Promise<void> {
  let statusCode: number;
  try {
    const response = await request(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    statusCode = response.statusCode;
    await response.body.dump();
  } catch (error) {
    const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "no answer";
    throw new Error(`${name} cannot be reached (${code})`);
  }
  if (statusCode < 200 || statusCode > 299) throw new Error(`${name} answered ${statusCode}`);
}
