import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import type { ToolClass } from "./hook.ts";
import { resolvePath } from "./resolve-path.ts";
import { readToolCall } from "./tool-call.ts";
import { hookVendors } from "./vendors.ts";

const classes: Readonly<Record<string, ToolClass>> = { run: "execute", fetch: "network", open: "read" };

function resourceOf(tool: string, input: unknown, cwd: unknown = "/w"): Readonly<Record<string, unknown>> {
  const read = readToolCall({ tool, input, cwd, classes });
  assert.equal(read.kind, "resource");
  return read.kind === "resource" ? read.resource : {};
}

const refusalOf = (tool: unknown, input: unknown): string => {
  const read = readToolCall({ tool, input, cwd: "/w", classes });
  return read.kind === "unreadable" ? read.reason : "";
};

test("paths are taken from arguments that name files, at any depth, and resolved", () => {
  const input = {
    file_path: "../x",
    notebookPath: "n.ipynb",
    edits: [{ path: "a/b" }, { oldPath: "/c", text: "/not/a/path" }],
    files: ["one", "two"],
    path: "file:///etc/hosts",
    title: "/neither",
  };
  assert.deepEqual(resourceOf("mcp__fs__move", input)["paths"], ["/x", "/w/n.ipynb", "/w/a/b", "/c", "/w/one", "/w/two", "/etc/hosts"]);
  assert.deepEqual(resourceOf("open", { path: "a" }, null)["paths"], ["a"]);
  assert.deepEqual(resourceOf("open", { path: "a" }, "not absolute")["paths"], ["a"]);
});

test("addresses are taken from arguments that name them, and from all texts of tools that reach the network", () => {
  const input = { prompt: "Sum up https://a.example/p?key=1.", note: "see https://b.example" };
  assert.deepEqual(resourceOf("fetch", input)["urls"], ["https://a.example/p", "https://b.example/"]);
  assert.equal(resourceOf("mcp__x__y", input)["urls"], undefined);
  assert.deepEqual(resourceOf("mcp__x__y", { url: "https://me:secret@c.example:8443/x?token=1#y" })["urls"], ["https://c.example:8443/x"]);
});

test("a command comes as text or as words, also to a tool that nobody knows; an editor's own verb is none", () => {
  assert.equal(resourceOf("mcp__shell__run", { command: "rm -rf /" })["command"], "rm -rf /");
  assert.deepEqual(resourceOf("open", { command: "view", path: "a" }), {
    tool: "open",
    class: "read",
    paths: ["/w/a"],
    arguments: { command: "view", path: "a" },
  });
  assert.equal(resourceOf("run", { cmd: ["bash", "-lc", "npm install 'a b'"] })["command"], "bash -lc 'npm install '\\''a b'\\'''");
  assert.deepEqual(resourceOf("run", { command: "ls", timeout: 5 }), {
    tool: "run",
    class: "execute",
    command: "ls",
    arguments: { timeout: 5 },
  });
  assert.deepEqual(resourceOf("run", { shellId: 1 }), { tool: "run", class: "execute", arguments: { shellId: 1 } });
});

test("long arguments are named by their digest, so that an approval holds for exactly them", () => {
  const text = "x".repeat(5000);
  const sha256 = createHash("sha256").update(text).digest("hex");
  assert.deepEqual(resourceOf("write", { content: text })["arguments"], { content: { length: 5000, sha256 } });
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`k${at}`, "y".repeat(4000)]));
  const other = { ...many, k99: `${"y".repeat(3999)}z` };
  const [one, two] = [resourceOf("write", many)["arguments"], resourceOf("write", other)["arguments"]] as {
    sha256: string;
    length: number;
  }[];
  assert.deepEqual([one?.length, one?.sha256 === two?.sha256], [two?.length, false]);
});

test("what nobody could judge is refused, with a reason that quotes nothing", () => {
  assert.match(refusalOf("", {}), /tool's name/);
  assert.match(refusalOf("a\nb", {}), /tool's name/);
  assert.match(refusalOf(7, {}), /tool's name/);
  assert.match(refusalOf("run", "ls"), /not a JSON object/);
  assert.match(refusalOf("run", [1]), /not a JSON object/);
  assert.match(refusalOf("run", null), /not a JSON object/);
  assert.match(
    refusalOf("run", { command: `echo ${"secret".repeat(20_000)}` }),
    /^a command may have 65536 characters; put it into a script and run that$/,
  );
  assert.match(refusalOf("open", { files: Array.from({ length: 501 }, (_, at) => `f${at}`) }), /500 paths/);
});

test("resolving is arithmetic: as the folders would have it without links", () => {
  assert.equal(resolvePath("/a/b", "../../../../etc/x"), "/etc/x");
  assert.equal(resolvePath("/a/b", "c/./d//e/"), "/a/b/c/d/e");
  assert.equal(resolvePath(null, "/a/../b"), "/b");
  assert.equal(resolvePath(null, "a/../b"), "a/../b");
  assert.equal(resolvePath("C:\\work\\shop", "..\\other\\x"), "C:\\work\\other\\x");
  assert.equal(resolvePath("/a", "C:\\Windows\\..\\x"), "C:\\x");
  for (const unknown of ["~/x", "$HOME/x"]) assert.equal(resolvePath("/a", unknown), unknown);
});

test("an absolute path never keeps a dot segment that arithmetic can remove", () => {
  const part = fc.constantFrom("..", ".", "a", "", "b c", "...", "~", "é");
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), fc.boolean(), (parts, absolute) => {
      const path = resolvePath("/w/x", `${absolute ? "/" : "./"}${parts.join("/")}`);
      assert.match(path, /^\//);
      assert.ok(!/(^|\/)\.\.?(\/|$)/.test(path), path);
    }),
  );
});

test("names that every object has are no tools", () => {
  for (const tool of ["constructor", "__proto__", "toString"]) assert.equal(resourceOf(tool, {})["class"], "other");
});

test("whatever a vendor's hook sends, it is a question, refused, or none; and it never fails", () => {
  const key = fc.constantFrom(
    "hook_event_name",
    "tool_name",
    "tool_input",
    "toolName",
    "toolArgs",
    "prompt",
    "cwd",
    "session_id",
    "sessionId",
    "llm_request",
    "command",
    "file_path",
    "x",
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      fc.constantFrom(
        "PreToolUse",
        "UserPromptSubmit",
        "BeforeTool",
        "BeforeModel",
        "Bash",
        "bash",
        "apply_patch",
        "rm -rf /",
        "/w",
        "constructor",
        "\ud800",
      ),
      fc.jsonValue(),
      fc.dictionary(key, tie("any"), { maxKeys: 5 }),
    ),
  })).any;
  const event = fc.constantFrom(
    null,
    "PreToolUse",
    "preToolUse",
    "BeforeTool",
    "UserPromptSubmit",
    "userPromptSubmitted",
    "Stop",
    "constructor",
    "",
  );
  fc.assert(
    fc.property(fc.oneof(fc.dictionary(key, value, { maxKeys: 8 }), fc.jsonValue()), event, (payload, named) => {
      for (const vendor of hookVendors.values()) {
        const reading = vendor.read(payload, named);
        if (reading.kind === "neutral") continue;
        const abilities = vendor.abilities(reading.event);
        assert.ok(abilities);
        const body = vendor.answer(reading.event, { kind: "deny", reason: "no" }, null);
        assert.match(body, /deny|block/);
        if (reading.kind === "question") assert.ok(JSON.stringify(reading.request).isWellFormed());
      }
    }),
    { numRuns: 1000 },
  );
});
