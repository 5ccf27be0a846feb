import { once } from "node:events";
import { type Flags, readConfig } from "../config.ts";
import { clearRunning, openDataFolder, readRunning, writeRunning } from "../kit/data-folder.ts";
import { ensureConsole } from "../kit/ensure-console.ts";
import { makeLog, nameOf } from "../telemetry.ts";
import { ALL_ROLES, openPlatform, type Role } from "../wiring/platform.ts";

type Print = (line: string) => void;

/** Everything in one process, until a signal. */
export const up = (root: string, flags: Flags, print: Print): Promise<number> => run(root, ALL_ROLES, flags, print);

/** Some roles against servers of the operator's own. */
export async function serve(root: string, roles: string, flags: Flags, print: Print): Promise<number> {
  const asked = roles.split(",").map((role) => role.trim());
  const unknown = asked.filter((role) => !ALL_ROLES.includes(role as Role));
  if (unknown.length > 0) throw new Error(`There is no role "${unknown.join('", "')}". Roles: ${ALL_ROLES.join(", ")}.`);
  const config = readConfig(process.env, flags);
  const missing = [
    config.bus.kind === "local" && "NATS_URL",
    config.store.kind === "sqlite" && "EVENTSTORE_URL",
    config.analytics.kind === "chdb" && "CLICKHOUSE_URL",
  ].filter((name) => name !== false);
  if (missing.length > 0) throw new Error(`Roles share servers, so set ${missing.join(", ")} first. On one machine use ./andon up.`);
  return run(root, asked as Role[], flags, print);
}

async function run(root: string, roles: readonly Role[], flags: Flags, print: Print): Promise<number> {
  const config = readConfig(process.env, flags);
  const folder = await openDataFolder(config.data);
  const running = await readRunning(folder.path);
  if (running) {
    throw new Error(
      `Andon runs on ${folder.path} already (process ${running.pid}, ${running.url}). Stop it first, or give another folder with --data.`,
    );
  }
  const log = makeLog((line) => process.stderr.write(line));
  const progress = (line: string): void => print(`  ${line}`);
  const stop = stopSignal();

  if (roles.includes("api") && flags.console !== false) await ensureConsole(root, progress);
  const platform = await openPlatform({ root, roles, config, folder, log, progress });
  try {
    await writeRunning(folder, { pid: process.pid, url: platform.url ?? "", startedAt: new Date().toISOString() });
    print(platform.url === null ? `ready ${roles.join(",")}` : `ready ${platform.url}`);
    if (platform.signInUrl !== null) print(`  sign in once: ${platform.signInUrl}  (or paste ${folder.file("admin.token")})`);
    const broken = await Promise.race([once(stop, "abort").then(() => null), platform.broken.catch((error: unknown) => error)]);
    if (broken === null) return 0;
    log("error", "a part of the platform stopped for good", { error: nameOf(broken) });
    return 1;
  } finally {
    await clearRunning(folder);
    await platform[Symbol.asyncDispose]();
  }
}

/** The first signal stops cleanly, a second one at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
    });
  }
  return controller.signal;
}
