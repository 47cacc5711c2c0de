import { connect, isIPv6 } from "node:net";

/** Version 2 of the PROXY protocol, as AWS's load balancers write it (https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt, 2.2). */
const SIGNATURE = Buffer.from("0d0a0d0a000d0a515549540a", "hex");

/** A header that says who called; AWS adds fields of its own behind the addresses. */
export function proxyHeader(client: string, port = 40_000): Buffer {
  const addresses = Buffer.concat([bytesOf(client), bytesOf(isIPv6(client) ? "2001:db8::80" : "198.51.100.80")]);
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(port, 0);
  ports.writeUInt16BE(443, 2);
  // PP2_TYPE_AWS: the id of an endpoint.
  const own = Buffer.concat([Buffer.from([0xea, 0x00, 0x0c, 0x01]), Buffer.from("vpce-000001")]);
  return header(0x21, isIPv6(client) ? 0x21 : 0x11, Buffer.concat([addresses, ports, own]));
}

/** A header of a connection that the load balancer makes for itself, such as a health check. */
export function localHeader(): Buffer {
  return header(0x20, 0x00, Buffer.alloc(0));
}

function header(command: number, family: number, rest: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(rest.length);
  return Buffer.concat([SIGNATURE, Buffer.from([command, family]), length, rest]);
}

function bytesOf(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.from(address.split(".").map(Number));
  const [head = "", tail = ""] = address.split("::");
  const left = head.split(":").filter(Boolean);
  const right = tail.split(":").filter(Boolean);
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill("0"), ...right];
  return Buffer.from(groups.map((group) => group.padStart(4, "0")).join(""), "hex");
}

/** Sends bytes to a port on loopback and resolves with everything that comes back until the other side closes, at most `limitMs`. */
export function exchange(url: string, sent: readonly (Buffer | string)[], limitMs = 10_000): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => {
      for (const part of sent) socket.write(part);
    });
    socket.setTimeout(limitMs, () => socket.destroy(new Error(`no end after ${limitMs} ms`)));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", (error) => (chunks.length > 0 ? undefined : reject(error)));
    socket.on("close", () => resolve(Buffer.concat(chunks).toString()));
  });
}
