import { join } from "node:path";

/** Folder of the sockets that containers and the emulator share. */
export function socketFolder(stateDir: string): string {
  return join(stateDir, "run");
}

/** The same folder in a container. */
export const SOCKET_FOLDER = "/run/fleet";

/** By which the load balancer's container is asked how a target is. */
export const PROBE_SOCKET = "probe.sock";
/** Where the emulated AWS listens. */
export const AWS_SOCKET = "aws.sock";
/** Where what stands for the world outside AWS listens. */
export const OUTSIDE_SOCKET = "outside.sock";
