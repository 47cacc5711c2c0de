/** Where the scaler answers. All but the alerts' are under `api` and want the API's token. */
export const paths = {
  alerts: "/alerts",
  api: "/api",
  status: "/status",
  decisions: "/decisions",
  explain: "/explain",
  overrides: "/overrides",
} as const;
