import { copyFile, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const FILES = ["meta.inf", "meta.sum", "meta.key"];

/**
 * Servers before 2.10 (seen with 2.9.10) take an encrypted stream's key away while they start and write a new one later: a
 * server that is killed in between can never open the stream again. So its three small files are copied before each start,
 * and put back when the start before did not get through.
 */
export class StreamKeyGuard {
  readonly #store: string;
  readonly #copies: string;

  /** @param copies a folder of its own */
  constructor(store: string, copies: string) {
    this.#store = join(store, "jetstream");
    this.#copies = copies;
  }

  /** While no server runs. */
  async beforeStart(): Promise<void> {
    if (await exists(this.#unfinished)) {
      await copyAll(this.#copies, this.#store);
    } else {
      await rm(this.#copies, { recursive: true, force: true });
      await copyAll(this.#store, this.#copies);
    }
    await mkdir(this.#copies, { recursive: true, mode: 0o700 });
    await writeFile(this.#unfinished, "", { flush: true });
  }

  /** Once the server has opened its streams. */
  async started(): Promise<void> {
    await rm(this.#unfinished, { force: true });
  }

  get #unfinished(): string {
    return join(this.#copies, "unfinished");
  }
}

/** The key files of every stream, under `<account>/streams/<stream>/`. */
async function copyAll(from: string, to: string): Promise<void> {
  for (const stream of await streamsIn(from)) {
    for (const file of FILES) {
      const source = join(from, stream, file);
      if (!(await exists(source))) continue;
      const target = join(to, stream, file);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await copyFile(source, target);
    }
  }
}

async function streamsIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const account of await namesIn(folder)) {
    for (const stream of await namesIn(join(folder, account, "streams"))) found.push(join(account, "streams", stream));
  }
  return found;
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
