import { parentPort, workerData } from "node:worker_threads";
import type { FromThread, ThreadSettings } from "./toolchain.ts";
import { Instance, type WasmInstance } from "./webassembly.ts";

interface GoProgram {
  readonly importObject: { readonly gojs: Record<string, (pointer: number) => void> };
  env: Record<string, string>;
  exit: (code: number) => void;
  run(instance: WasmInstance): Promise<void>;
}

interface GoGlobals {
  Go: new () => GoProgram;
  fs: { writeSync(fd: number, bytes: Uint8Array): number };
  andonToolchainReady(): void;
  andonToolchain(question: string, progress: (event: string) => void, done: (answer: string) => void): void;
}

const MOST_WORDS = 8_000;
const { module, runtime, memoryBytes } = workerData as ThreadSettings;
const world = globalThis as unknown as GoGlobals;
const say = (message: FromThread): void => parentPort?.postMessage(message);

// The script gives Go a file system that refuses everything: a question in, an answer out, and nothing else.
await import(runtime);

/** What Go wrote before it died. */
let words = "";
world.fs.writeSync = (_fd, bytes) => {
  if (words.length < MOST_WORDS) words += new TextDecoder().decode(bytes);
  return bytes.length;
};

const go = new world.Go();
// Near the limit Go collects its garbage harder; beyond it the program ends, because its memory never shrinks again.
go.env = { GOMEMLIMIT: `${Math.floor(memoryBytes * 0.8)}B` };
go.exit = () => say({ died: words });

const grown = go.importObject.gojs["runtime.resetMemoryDataView"] as (pointer: number) => void;
go.importObject.gojs["runtime.resetMemoryDataView"] = (pointer) => {
  if (used() > memoryBytes) throw new Error("out of memory");
  grown(pointer);
};
const instance = new Instance(module, go.importObject);
const used = (): number => instance.exports.mem.buffer.byteLength;

world.andonToolchainReady = () => {
  parentPort?.on("message", (question: string) => {
    world.andonToolchain(
      question,
      (event) => say({ event }),
      (answer) => say({ answer, memory: used() }),
    );
  });
  say({ ready: true });
};
await go.run(instance);
