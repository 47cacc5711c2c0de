import type { Architecture } from "./instance-type.ts";

/** Ubuntu's and Debian's name of an architecture. */
const UBUNTU_NAMES: Readonly<Record<Architecture, string>> = { x86_64: "amd64", arm64: "arm64" };

/** Canonical's newest Ubuntu 24.04, which EC2 looks up at each launch: no plan depends on the day, and new machines are patched. */
export function machineImage(architecture: Architecture): string {
  const name = `24.04/stable/current/${UBUNTU_NAMES[architecture]}/hvm/ebs-gp3/ami-id`;
  return `resolve:ssm:/aws/service/canonical/ubuntu/server/${name}`;
}
