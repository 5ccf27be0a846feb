import { type Flags, readConfig } from "../config.ts";
import { openDataFolder, readRunning } from "../kit/data-folder.ts";
import { checkTotals } from "../project/check-totals.ts";
import { rebuild } from "../project/rebuild.ts";
import { openReads, openStore } from "../wiring/engines.ts";

const LINE_EVERY_MS = 1_000;

/** Drops the analytics tables and makes them again from the event store, then compares the totals. */
export async function rebuildTables(flags: Flags, print: (line: string) => void): Promise<number> {
  const config = readConfig(process.env, flags);
  const running = await readRunning(config.data);
  if (running)
    throw new Error(`Andon runs on ${config.data} (process ${running.pid}). Stop it first; the event store is not touched either way.`);
  const folder = await openDataFolder(config.data);
  await using stack = new AsyncDisposableStack();
  const store = stack.use(await openStore({ config, folder }));
  const reads = stack.use(await openReads({ config, folder }));
  await reads.migrate();

  const start = performance.now();
  let lastLine = start;
  const { events } = await rebuild({
    store,
    reads,
    onProgress: ({ events: done, expected }) => {
      if (performance.now() - lastLine < LINE_EVERY_MS) return;
      lastLine = performance.now();
      const share = expected ? ` of about ${expected} (${Math.min(100, Math.floor((done / expected) * 100))} %)` : "";
      print(`  ${done} events${share}, ${rate(done, start)} events/s`);
    },
  });
  print(`rebuilt from ${events} events at ${rate(events, start)} events/s`);
  const check = await checkTotals({ store, reads });
  print(check.equal ? "totals agree" : `totals differ: ${JSON.stringify(check)}`);
  return check.equal ? 0 : 1;
}

const rate = (events: number, start: number): number => Math.round((events / Math.max(1, performance.now() - start)) * 1000);
