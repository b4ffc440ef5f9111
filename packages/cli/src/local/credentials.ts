/**
 * Stand-ins for secrets. They open nothing but this machine's local stack, which listens on loopback only, so they are the same for
 * everybody and can stand in a README.
 */
export const LOCAL_CREDENTIALS = {
  analyticsToken: "local-analytics-token",
  apiToken: "local-api-token",
  alertLinkSecret: "local-alert-link-secret",
  /** PagerDuty's routing keys have 32 characters. */
  pagerDutyRoutingKey: "00000000000000000000000000local0",
} as const;
