import type { Check } from "../check.ts";

const LEAST = 0.1;

/** Images and logs fill disks, and a full one stops releases first. */
export const diskSpace: Check = {
  name: "disks have room",
  find: async ({ metric }) => {
    const free = await metric(
      `min by (worker) (node_filesystem_avail_bytes{mountpoint="/"} / node_filesystem_size_bytes{mountpoint="/"}) < ${LEAST}`,
    );
    return free.map(({ labels: { worker = "?" }, value }) => ({
      text: `the disk of ${worker} has ${Math.round(value * 100)} % free`,
      fix: "sudo docker system df there, then sudo docker image prune --all: fleet shell",
    }));
  },
};
