const DAY = 24 * 3_600_000;

/** What is asked of the platform for a token that ends after some days; "": it never ends. */
export const expiresAfter = (days: string, now = Date.now()): { expires?: string } =>
  days === "" ? {} : { expires: new Date(now + Number(days) * DAY).toISOString() };
