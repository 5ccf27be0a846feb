import type { Fields } from "./fields.ts";
import type { HookRequest, ToolClass } from "./hook.ts";
import { reduceArguments } from "./reduce-arguments.ts";
import { asFolder, resolvePath } from "./resolve-path.ts";
import { urlsIn } from "./urls.ts";

export interface ToolUse {
  readonly tool: unknown;
  readonly input: unknown;
  readonly cwd: unknown;
  /** Classes of the vendor's own tools by name. What is not here, MCP tools included, is `other`. */
  readonly classes: Readonly<Record<string, ToolClass>>;
  /** Paths that the vendor hides in an argument of its own form. */
  readonly morePaths?: readonly string[];
}

type Read =
  | { readonly kind: "resource"; readonly resource: HookRequest["resource"] }
  | { readonly kind: "unreadable"; readonly reason: string };

/** A command, or a list of paths, that nobody could judge. */
const MOST = { command: 65_536, paths: 500, urls: 200, path: 4096 } as const;

/** Arguments that name files, in the vendors' tools and in most MCP tools. */
const PATH_KEYS =
  /^(file_?path|path|paths|abs(olute)?_?path|notebook_?path|dir(ectory)?(_?path)?|directories|files?|file_?names?|folder|cwd|work_?dir|working_?directory|root|old_?path|new_?path|source_?path|dest(ination)?_?path|destination)$/i;
const URL_KEYS = /^(ur[il]s?|uri|href|link|endpoint|address)$/i;

/**
 * The resource of a `tool.call`: what the tool is, what it does and what it touches, as far as its arguments show. What a
 * command does is left to the rules: they read its text, so that a decision that is replayed reads it again.
 */
export function readToolCall({ tool, input, cwd, classes, morePaths = [] }: ToolUse): Read {
  if (typeof tool !== "string" || !/^[^\p{Cc}]{1,256}$/u.test(tool))
    return unreadable("the tool's name is missing or not a short line of text");
  if (typeof input !== "object" || input === null || Array.isArray(input)) return unreadable("the tool's arguments are not a JSON object");
  const folder = asFolder(cwd);
  const known = Object.hasOwn(classes, tool) ? (classes[tool] as ToolClass) : "other";
  const { command, rest } = commandIn(input as Record<string, unknown>, known);
  if (command !== undefined && command.length > MOST.command) {
    return unreadable(`a command may have ${MOST.command} characters; put it into a script and run that`);
  }
  const paths = new Set([...morePaths, ...pathsOf(rest)].map((path) => resolvePath(folder, path)));
  const urls = new Set(urlsOf(rest, known));
  if (paths.size > MOST.paths || urls.size > MOST.urls)
    return unreadable(`one call may name ${MOST.paths} paths and ${MOST.urls} addresses; split it`);
  const resource = {
    tool: tool.toWellFormed(),
    class: known,
    ...(command !== undefined && { command: command.toWellFormed() }),
    ...(paths.size > 0 && { paths: [...paths].filter((path) => path.length <= MOST.path) }),
    ...(urls.size > 0 && { urls: [...urls] }),
    ...(Object.keys(rest).length > 0 && { arguments: reduceArguments(rest) }),
  };
  return { kind: "resource", resource };
}

const unreadable = (reason: string): Read => ({ kind: "unreadable", reason });

/**
 * What a shell would run, or a patch in its place, for the rules that read commands: as text or as a list of words. Some
 * editors call their own verbs a command; those stay arguments.
 */
function commandIn(input: Fields, known: ToolClass): { readonly command: string | undefined; readonly rest: Fields } {
  const { command, cmd, ...rest } = input;
  const said = command ?? cmd;
  const patch = typeof said === "string" && said.startsWith("*** Begin Patch");
  if (known === "read" || (known === "write" && !patch)) return { command: undefined, rest: input };
  if (typeof said === "string") return { command: said, rest };
  const words = Array.isArray(said) && said.length > 0 && said.every((word) => typeof word === "string");
  return words ? { command: said.map(quoted).join(" "), rest } : { command: undefined, rest: input };
}

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

function* textsUnder(keys: RegExp, value: unknown, depth = 0, named = false): Generator<string> {
  if (typeof value === "string") {
    if (named && value !== "") yield value;
  } else if (typeof value === "object" && value !== null && depth < 8) {
    for (const [key, item] of Object.entries(value)) {
      yield* textsUnder(keys, item, depth + 1, Array.isArray(value) ? named : keys.test(key));
    }
  }
}

const pathsOf = (input: object): string[] =>
  [...textsUnder(PATH_KEYS, input)].map((path) => (path.startsWith("file://") ? filePath(path) : path));

function filePath(url: string): string {
  return URL.parse(url)?.pathname ?? url;
}

/** A tool that goes to the network can have the address in any text. */
function urlsOf(input: object, known: ToolClass): string[] {
  return [...textsUnder(known === "network" ? /^/ : URL_KEYS, input)].flatMap((text) => [...urlsIn(text)]);
}
