/** What a patch does to one file. */
export interface FileChange {
  readonly operation: "create" | "update" | "delete";
  readonly path: string;
  readonly added: number;
  readonly removed: number;
}

const OPERATIONS = { Add: "create", Update: "update", Delete: "delete" } as const;

/** Reads the patches that Codex writes: sections that begin with `*** Add|Update|Delete File: <path>`. */
export function filesIn(argument: string): FileChange[] {
  const files: { operation: FileChange["operation"]; path: string; added: number; removed: number }[] = [];
  for (const line of patchIn(argument).split("\n")) {
    const section = /^\*\*\* (Add|Update|Delete) File: (.+?)\r?$/.exec(line);
    const file = files.at(-1);
    if (section) {
      files.push({ operation: OPERATIONS[section[1] as keyof typeof OPERATIONS], path: section[2] as string, added: 0, removed: 0 });
    } else if (file && line.startsWith("*** Move to: ")) file.path = line.slice("*** Move to: ".length).trimEnd();
    else if (file && line.startsWith("+")) file.added += 1;
    else if (file && line.startsWith("-")) file.removed += 1;
  }
  return files;
}

/** Models that call tools with JSON wrap the patch in it. */
function patchIn(argument: string): string {
  if (!argument.startsWith("{")) return argument;
  try {
    const { input } = JSON.parse(argument) as { input?: unknown };
    return typeof input === "string" ? input : "";
  } catch {
    return "";
  }
}
