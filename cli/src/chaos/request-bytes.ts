/** Bytes that the load generator sends for one POST to `target`, head and body: what the load balancer counts. */
export function requestBytes(target: URL, body: string): number {
  const head = [
    `POST ${target.pathname}${target.search} HTTP/1.1`,
    `host: ${target.host}`,
    "connection: keep-alive",
    "content-type: text/plain",
    `content-length: ${Buffer.byteLength(body)}`,
    "",
    "",
  ].join("\r\n");
  return Buffer.byteLength(head) + Buffer.byteLength(body);
}
