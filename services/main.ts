import { join } from "node:path";
import { buildProgram } from "./commands/program.ts";

const root = join(import.meta.dirname, "..");
process.exitCode = await buildProgram(root, (line) => void process.stdout.write(`${line}\n`)).catch((error: unknown) => {
  process.stderr.write(`andon: ${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});
