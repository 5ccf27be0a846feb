import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Where everything of one installation lies. */
export interface DataFolder {
  readonly path: string;
  file(...parts: string[]): string;
}

/** Who is running on a data folder: read by commands that talk to the running platform. */
export interface Running {
  readonly pid: number;
  readonly url: string;
  readonly startedAt: string;
}

export async function openDataFolder(path: string): Promise<DataFolder> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  return { path, file: (...parts) => join(path, ...parts) };
}

/** The administrator's token; made on the first start, readable by the owner alone. */
export async function administratorToken(folder: DataFolder): Promise<string> {
  const file = folder.file("admin.token");
  const known = await readFile(file, "utf8").catch(() => "");
  if (known.trim() !== "") return known.trim();
  const token = `andon_admin_${randomBytes(32).toString("base64url")}`;
  await writeWhole(file, `${token}\n`);
  return token;
}

/** The key this installation signs its policies with, PKCS #8 in PEM; made on the first start, readable by the owner alone. */
export async function policyKey(folder: DataFolder): Promise<KeyObject> {
  const file = folder.file("policies.key");
  const known = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (known !== null) return createPrivateKey(known);
  const { privateKey } = generateKeyPairSync("ed25519");
  await writeWhole(file, privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  return privateKey;
}

export async function writeRunning(folder: DataFolder, running: Running): Promise<void> {
  await writeWhole(folder.file("run.json"), JSON.stringify(running));
}

export async function clearRunning(folder: DataFolder): Promise<void> {
  await rm(folder.file("run.json"), { force: true });
}

/** null when nothing runs there, or what ran was killed. */
export async function readRunning(path: string): Promise<Running | null> {
  const text = await readFile(join(path, "run.json"), "utf8").catch(() => null);
  if (text === null) return null;
  const running = JSON.parse(text) as Running;
  try {
    process.kill(running.pid, 0);
    return running;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM" ? running : null;
  }
}

/** A crash leaves either the old file or the new one, never half of it. */
async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.new`;
  await writeFile(draft, text, { mode: 0o600, flush: true });
  await rename(draft, file);
}
