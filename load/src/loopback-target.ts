import { isIPv4 } from "node:net";

/** The address cannot be a target of the load generator. The message says what was got and what to write. */
export class TargetError extends Error {
  override readonly name = "TargetError";
}

/** Checks that a target is http on this machine: load must never leave it by a typing error. Throws `TargetError`. */
export function loopbackTarget(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new TargetError(`"${text}" is not an address: write one such as http://127.0.0.1:18080/api/hello.`);
  }
  if (url.protocol !== "http:") throw new TargetError(`The load generator speaks http only, got "${text}".`);
  // "localhost" is whatever the machine's resolver says, the address is not.
  if (url.hostname === "localhost") url.hostname = "127.0.0.1";
  const loopback = url.hostname === "[::1]" || (isIPv4(url.hostname) && url.hostname.startsWith("127."));
  if (!loopback)
    throw new TargetError(
      `The load generator sends to this machine only, got "${url.hostname}": write an address such as http://127.0.0.1:18080/.`,
    );
  return url;
}
