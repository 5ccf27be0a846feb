import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TotalsCheck } from "../../schemas/api.ts";
import { type Flags, readConfig } from "../config.ts";
import { openDataFolder, readRunning } from "../kit/data-folder.ts";
import { checkTotals } from "../project/check-totals.ts";
import { openReads, openStore } from "../wiring/engines.ts";

/** Compares three ways of counting the same ledger. Exit code 0: they agree. */
export async function check(flags: Flags & { readonly json?: boolean }, print: (line: string) => void): Promise<number> {
  const answer = await ask(flags);
  if (flags.json) print(JSON.stringify(answer, null, 2));
  else {
    print(answer.equal ? "totals agree" : "totals differ");
    for (const name of Object.keys(answer.ledger)) {
      print(`  ${name.padEnd(16)} ledger ${answer.ledger[name]}  raw ${answer.raw[name]}  rollup ${answer.rollup[name]}`);
    }
    if (!answer.equal) print("Run ./andon rebuild while Andon is stopped; the event store is the truth.");
  }
  return answer.equal ? 0 : 1;
}

async function ask(flags: Flags): Promise<TotalsCheck> {
  const config = readConfig(process.env, flags);
  const running = await readRunning(config.data);
  if (running) {
    const token = (await readFile(join(config.data, "admin.token"), "utf8")).trim();
    const response = await fetch(new URL("/api/v1/checks/totals", running.url), { headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) throw new Error(`Andon at ${running.url} answered ${response.status}.`);
    return (await response.json()) as TotalsCheck;
  }
  const folder = await openDataFolder(config.data);
  await using stack = new AsyncDisposableStack();
  const store = stack.use(await openStore({ config, folder }));
  const reads = stack.use(await openReads({ config, folder }));
  return checkTotals({ store, reads });
}
