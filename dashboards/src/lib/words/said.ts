import { bytes, count } from "#lib/format/count.ts";
import { m } from "#lib/paraglide/messages.js";

type Groups = Readonly<Record<string, string>>;

const number = (text: string | undefined): string => count(Number(text));

/** What the platform's parts say of themselves, by the sentence they say it with: Health gives them no codes. */
const SENTENCES: readonly (readonly [RegExp, (said: Groups) => string])[] = [
  [/^every write is on disk before it is answered$/, m.said_store_synced],
  [/^cluster$/, m.said_cluster],
  [/^since the start$/, m.said_since_start],
  [/^up to date$/, m.said_up_to_date],
  [/^catch-up: (?<n>\d+) events so far$/, ({ n }) => m.said_catching_up({ n: number(n) })],
  [/^rebuild: (?<n>\d+) events so far$/, ({ n }) => m.said_rebuilding({ n: number(n) })],
  [/^not running in this process$/, m.said_not_here],
  [/^content is kept sealed$/, m.said_sealed],
  [/^content is dropped, sizes are kept$/, m.said_dropped],
  [/^no price is known: all use is unpriced$/, m.said_no_price],
  [
    /^(?<server>\S+), (?<n>\d+) messages wait, (?<size>\d+) bytes on disk$/,
    ({ server, n, size }) => m.said_bus({ server: server ?? "", n: number(n), size: bytes(Number(size)) }),
  ],
  [/^the bus is (?<n>\d+) % full;/, ({ n }) => m.said_bus_full({ n: number(n) })],
  [/^nats-server ended by itself and was started again (?<n>\d+) times;/, ({ n }) => m.said_bus_restarts({ n: number(n) })],
  [/^whether this cluster syncs every write to disk cannot be seen from here:/, () => m.said_bus_sync()],
  [
    /^nats-server (?<version>\S+) (cannot write every message through|lacks fixes)/,
    ({ version }) => m.said_bus_old({ version: version ?? "" }),
  ],
];

/** The same in this person's language; what is not known here stays as it was said. */
export function said(text: string): string {
  for (const [form, say] of SENTENCES) {
    const found = form.exec(text);
    if (found) return say(found.groups ?? {});
  }
  return text;
}
