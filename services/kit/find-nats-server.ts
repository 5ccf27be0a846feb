import { access, constants, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { withInstallLock } from "./install-lock.ts";
import { attempt } from "./run.ts";

/** Built from source where Go is; Go itself checks the source against its public checksum database. */
const PINNED = "v2.12.15";
const GOOD = "2.10.0";
const USABLE = "2.9.0";
const DAY_MS = 24 * 60 * 60 * 1000;

export interface NatsServerBinary {
  readonly path: string;
  readonly version: string;
}

export interface Finding {
  /** Folder of the project's own tools. */
  readonly tools: string;
  /** One line per step that takes time. */
  readonly progress: (line: string) => void;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * The nats-server to run: the machine's own if it is recent, else the one installed here before, else one that is built
 * with Go, else the system's, however old.
 *
 * A ready-made release is not downloaded: that would need the checksum of each platform's archive from a source other than
 * the download itself, and there is none here that was verified.
 * @throws Error with what to do when there is none and none can be had
 */
export async function findNatsServer(finding: Finding): Promise<NatsServerBinary> {
  const env = finding.env ?? process.env;
  const cached = join(finding.tools, "nats-server");
  const own = await onPath("nats-server", env);
  const known = [own && (await versionOf(own)), await versionOf(cached)];
  const good = known.find((binary) => binary && atLeast(binary.version, GOOD));
  if (good) return good;

  await mkdir(finding.tools, { recursive: true });
  const waiting = (): void => finding.progress("another process installs nats-server; waiting for it ...");
  return withInstallLock(join(finding.tools, "nats-server.lock"), waiting, async () => {
    const meanwhile = await versionOf(cached);
    if (meanwhile && atLeast(meanwhile.version, GOOD)) return meanwhile;
    const old = [meanwhile, ...known].find((binary) => binary && atLeast(binary.version, USABLE));
    const built = old && (await failedLately(finding.tools)) ? null : await withGo(finding, env, cached);
    if (built) return built;
    if (old) return old;
    const packaged = await fromSystem(finding, env, cached);
    if (packaged) return packaged;
    throw new Error(
      "Andon needs nats-server (2.10 or newer) and could not get it: there is no Go to build it with, and no apt package. " +
        "Install it from https://github.com/nats-io/nats-server/releases (macOS: brew install nats-server), put it on the PATH, and start again.",
    );
  });
}

async function withGo({ tools, progress }: Finding, env: NodeJS.ProcessEnv, target: string): Promise<NatsServerBinary | null> {
  const go = await onPath("go", env);
  if (!go) return null;
  const folder = join(tools, `nats-server-build-${process.pid}`);
  await mkdir(folder, { recursive: true });
  const started = Date.now();
  progress(`building nats-server ${PINNED} with Go (once, about a minute) ...`);
  const beat = setInterval(() => progress(`building nats-server ... ${Math.round((Date.now() - started) / 1000)} s`), 15_000);
  try {
    const settings = { ...env, GOBIN: folder, CGO_ENABLED: "0", GOFLAGS: "-trimpath" };
    const { code, output } = await attempt(go, ["install", `github.com/nats-io/nats-server/v2@${PINNED}`], folder, settings);
    if (code !== 0) {
      progress(`nats-server could not be built: ${output.trim().split("\n").at(-1)?.slice(0, 300) ?? "no reason given"}`);
      await writeFile(failure(tools), output);
      return null;
    }
    await rename(join(folder, "nats-server"), target);
    return await versionOf(target);
  } finally {
    clearInterval(beat);
    await rm(folder, { recursive: true, force: true });
  }
}

/** With an older server at hand, a build that failed is not worth trying at every start. */
async function failedLately(tools: string): Promise<boolean> {
  const file = await stat(failure(tools)).catch(() => null);
  return file !== null && Date.now() - file.mtimeMs < DAY_MS;
}

const failure = (tools: string): string => join(tools, "nats-server-build.log");

/**
 * Debian's and Ubuntu's package, unpacked instead of installed: apt checks the archive's signature, no root is needed, and
 * no service starts behind the user's back.
 */
async function fromSystem({ tools, progress }: Finding, env: NodeJS.ProcessEnv, target: string): Promise<NatsServerBinary | null> {
  const apt = await onPath("apt-get", env);
  const dpkg = await onPath("dpkg-deb", env);
  if (!apt || !dpkg) return null;
  progress("getting the system's nats-server package ...");
  const folder = join(tools, `nats-server-package-${process.pid}`);
  await mkdir(folder, { recursive: true });
  try {
    const download = () => attempt(apt, ["download", "-q", "nats-server"], folder, env);
    if ((await download()).code !== 0) {
      if (process.getuid?.() !== 0) return null;
      await attempt(apt, ["update", "-q"], folder, env);
      if ((await download()).code !== 0) return null;
    }
    const archive = (await readdir(folder)).find((name) => name.endsWith(".deb"));
    if (!archive || (await attempt(dpkg, ["-x", archive, "unpacked"], folder, env)).code !== 0) return null;
    await rename(join(folder, "unpacked", "usr", "sbin", "nats-server"), target);
    return await versionOf(target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** null when it is not there or does not run. */
async function versionOf(path: string): Promise<NatsServerBinary | null> {
  const answer = await attempt(path, ["--version"], "/").catch(() => null);
  const version = /v(\d+\.\d+\.\d+)/.exec(answer?.code === 0 ? answer.output : "")?.[1];
  return version === undefined ? null : { path, version };
}

async function onPath(name: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  for (const folder of (env["PATH"] ?? "").split(delimiter)) {
    if (folder === "") continue;
    const path = join(folder, name);
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return path;
  }
  return null;
}

function atLeast(version: string, least: string): boolean {
  const [have, want] = [version, least].map((text) => text.split(".").map(Number)) as [number[], number[]];
  const nth = have.findIndex((part, at) => part !== want[at]);
  return nth === -1 || (have[nth] as number) > (want[nth] as number);
}
