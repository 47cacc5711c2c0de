import { hostname, userInfo } from "node:os";

/** Who releases, or asks for a run: USER@HOST. */
export function author(): string {
  return `${userName()}@${hostname()}`;
}

/** A user without an entry in /etc/passwd, as in containers, has a number alone. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.()}`;
  }
}
