const ADDRESS = /\b(?:https?|wss?|ftps?|sftp|ssh|git|s3|gs|file):\/\/[^\s'"`<>\\|;(){}]+/gi;

const LONGEST = 2048;

/** Addresses in a text: scheme, host, port and path. User, password, query and fragment are left out: they can hold secrets. */
export function urlsIn(text: string): Set<string> {
  const urls = new Set<string>();
  for (const [found] of text.matchAll(ADDRESS)) {
    const url = URL.parse(found.replace(/[.,!?]+$/, ""));
    if (url) urls.add(`${url.protocol}//${url.host}${url.pathname}`.slice(0, LONGEST));
  }
  return urls;
}
