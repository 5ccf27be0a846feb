import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PriceFile } from "../../schemas/prices/price-file.ts";
import { createApp } from "../api/app.ts";
import { serveApi } from "../api/serve.ts";
import type { Config } from "../config.ts";
import { publishShippedPrices } from "../cost/publish-prices.ts";
import { consume } from "../ingest/consume.ts";
import { administratorToken, type DataFolder } from "../kit/data-folder.ts";
import { runProjector } from "../project/run-projector.ts";
import { type Log, nameOf } from "../telemetry.ts";
import { apiDeps } from "./api-deps.ts";
import { decisionReplies } from "./decision-desk.ts";
import { openDecisions } from "./decisions.ts";
import { openEngines } from "./engines.ts";
import { Figures } from "./figures.ts";
import { keepPricesApplied } from "./keep-prices-applied.ts";
import { keepExpiring } from "./open-approvals.ts";
import { keepTicking } from "./open-lines.ts";
import { openUseCases } from "./use-cases.ts";

export const ALL_ROLES = ["api", "ingester", "projector"] as const;
export type Role = (typeof ALL_ROLES)[number];

export interface Platform extends AsyncDisposable {
  /** Where the console is; null without the role `api`. */
  readonly url: string | null;
  /** A link that signs one browser in, once. */
  readonly signInUrl: string | null;
  /** Rejects when a part stopped for good and the process should end. */
  readonly broken: Promise<never>;
}

interface Opening {
  readonly root: string;
  readonly roles: readonly Role[];
  readonly config: Config;
  readonly folder: DataFolder;
  readonly log: Log;
  readonly progress: (line: string) => void;
}

/** Starts the roles, each part after what it needs. Disposing of it stops them in the opposite order, losing nothing. */
export async function openPlatform(opening: Opening): Promise<Platform> {
  const { root, roles, config, folder, log, progress } = opening;
  await using stack = new AsyncDisposableStack();
  const startedAt = new Date().toISOString();

  progress(`opening ${folder.path} ...`);
  const engines = await openEngines({ root, config, folder, log, progress, stack });
  await engines.reads.migrate();
  const priced = await publishShippedPrices(engines.store, await shippedPrices(root), startedAt);
  if (priced.published > 0) progress(`${priced.published} prices published`);
  const figures = new Figures();
  const useCases = await openUseCases({ config, engines, log, figures, stack });

  const loops: Promise<void>[] = [];
  const loop = (name: string, run: (signal: AbortSignal) => Promise<void>): void => {
    const stop = new AbortController();
    const running = run(stop.signal);
    loops.push(running);
    running.catch((error: unknown) => log("error", `the ${name} stopped`, { error: nameOf(error) }));
    stack.defer(async () => {
      stop.abort();
      await running.catch(() => {});
    });
  };
  if (roles.includes("ingester")) {
    loop("budgets", (signal) => useCases.budgets.keepCounted(signal));
    loop("line", (signal) => keepTicking(useCases.lines, signal));
    loop("autonomy", (signal) => useCases.autonomy.keepSwept(signal));
    loop("price corrections", (signal) => keepPricesApplied({ store: engines.store, prices: useCases.prices, log, signal }));
  }
  if (roles.includes("projector")) {
    const { store, reads } = engines;
    loop("projector", (signal) => runProjector({ store, reads, signal, onProgress: (state) => figures.projected(state) }));
  }
  if (roles.includes("ingester")) {
    const { receive, quarantine } = useCases;
    const failed = (error: unknown, messages: number): void =>
      log("warn", "messages will be delivered again", { messages, error: nameOf(error) });
    const taken = (messages: number, receipts: Parameters<Figures["ingested"]>[1]): void => figures.ingested(messages, receipts);
    loop("ingester", (signal) => consume({ bus: engines.bus, receive, quarantine, failed, taken }, signal));
  }

  let deciding: readonly Promise<never>[] = [];
  let url: string | null = null;
  let signInUrl: string | null = null;
  if (roles.includes("api")) {
    const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
    const token = await administratorToken(folder);
    const adminTokenSha256 = createHash("sha256").update(token).digest("hex");
    const decisions = await openDecisions({ root, config, folder, engines, useCases, log, stack });
    loop("approvals", (signal) => keepExpiring(decisions.approvals, signal));
    deciding = decisions.broken;
    stack.use(engines.bus.decisions.open(decisionReplies(decisions)));
    const warnings: string[] = [];
    const api = createApp(
      apiDeps({
        version,
        startedAt,
        adminTokenSha256,
        consoleDir: join(root, "dashboards", "build"),
        config,
        engines,
        useCases,
        decisions,
        figures,
        log,
        warnings,
      }),
    );
    const served = await serveApi({
      api,
      host: config.host,
      port: config.port,
      otlpPort: config.otlpPort,
      tls: config.tls,
      behindProxy: config.behindProxy,
    });
    stack.use(served);
    warnings.push(...served.warnings);
    for (const warning of served.warnings) progress(warning);
    url = `${served.url}/`;
    // Behind the #, where no server or proxy writes it into a log.
    signInUrl = `${url}#code=${api.issueSignInCode()}`;
  }

  const parts = stack.move();
  const broken = new Promise<never>((_, reject) => {
    for (const running of [...loops, ...useCases.broken, ...deciding]) running.catch(reject);
  });
  broken.catch(() => {});
  return { url, signInUrl, broken, [Symbol.asyncDispose]: () => parts[Symbol.asyncDispose]() };
}

/** The price files of this release, one per provider. */
async function shippedPrices(root: string): Promise<PriceFile[]> {
  const folder = join(root, "schemas", "prices");
  const files = (await readdir(folder)).filter((file) => file.endsWith(".json"));
  return Promise.all(files.map(async (file) => JSON.parse(await readFile(join(folder, file), "utf8")) as PriceFile));
}
