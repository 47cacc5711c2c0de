import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Fault } from "./fault.ts";

/** What Docker prints of a 429: ECR's words, and Docker Hub's for names without a registry. Of the header Retry-After it prints nothing. */
const ECR = "Error response from daemon: toomanyrequests: Rate exceeded";
const DOCKER_HUB =
  "Error response from daemon: toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit";

/** Everything but a pull is Docker's own business, found behind this folder in the path. */
function busyDocker(binDir: string): string {
  const quoted = `'${binDir.replaceAll("'", "'\\''")}'`;
  return `#!/bin/sh
if [ "$1" = pull ]; then
  for image; do :; done
  case "\${image%%/*}" in
    "$image") echo '${DOCKER_HUB}' >&2 ;;
    *.* | *:* | localhost) echo '${ECR}' >&2 ;;
    *) echo '${DOCKER_HUB}' >&2 ;;
  esac
  exit 1
fi
bin=${quoted}
PATH=\${PATH#"$bin:"}
export PATH
exec docker "$@"
`;
}

/**
 * Registries give workers no image. It stands before the workers' `docker`, in the folder that is first in their path, as no registry
 * that one can run here has a limit.
 */
export function busyRegistry(binDir: string): Fault {
  return {
    name: "registry-busy",
    description: "registries answer 429 to every pull of a worker",
    worker: "none",
    target: async () => "registry",
    begin: async () => {
      const path = join(binDir, "docker");
      await mkdir(binDir, { recursive: true });
      // Whole or not at all: scripts look for it at any moment.
      await writeFile(`${path}.new`, busyDocker(binDir));
      await chmod(`${path}.new`, 0o700);
      await rename(`${path}.new`, path);
      return () => rm(path, { force: true });
    },
  };
}
