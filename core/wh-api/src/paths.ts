/** Where the scaler answers. All but the alerts' are under `api` and want the API's token, or a session that was got with it. */
export const paths = {
  alerts: "/alerts",
  api: "/api",
  status: "/status",
  decisions: "/decisions",
  explain: "/explain",
  overrides: "/overrides",
  /** For the console: all that it shows, once, and as server-sent events. */
  look: "/look",
  stream: "/stream",
  /** Signs the console in and out. */
  session: "/session",
  jobs: "/jobs",
} as const;

/** What is changed with a session's cookie has to carry this header, `1`: no page of another origin can send it without being asked first. */
export const CONSOLE_HEADER = "x-fleet-console";
