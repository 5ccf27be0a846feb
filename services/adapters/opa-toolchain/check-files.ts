import type { PolicyFiles, PolicyProblem } from "../../ports/policy-compiler.ts";

export const FILE_LIMITS = {
  files: 5_000,
  /** Characters of one Rego file: a thousand times what a person keeps in one. */
  rego: 1024 * 1024,
  data: 16 * 1024 * 1024,
  /** Characters of everything together. */
  total: 32 * 1024 * 1024,
  path: 300,
} as const;

/** What the toolchain must not be asked for. Everything else about the files, it says itself. */
export function checkFiles(files: PolicyFiles): PolicyProblem[] {
  if (files.size > FILE_LIMITS.files) {
    return [
      { code: "too_large", message: `there are ${files.size} files; ${FILE_LIMITS.files} are read`, hint: "Build fewer policies at once." },
    ];
  }
  const problems = [...files].flatMap(([path, text]) => checkFile(path, text));
  const total = [...files.values()].reduce((sum, text) => sum + text.length, 0);
  if (total > FILE_LIMITS.total) {
    problems.push({
      code: "too_large",
      message: `the files have ${total} characters together; ${FILE_LIMITS.total} are read`,
      hint: "Large tables belong into the policy data that the platform keeps.",
    });
  }
  return problems;
}

function checkFile(path: string, text: string): PolicyProblem[] {
  if (path.length > FILE_LIMITS.path || !/^[^\p{Cc}\\:]+$/u.test(path) || path.split("/").some((part) => ["", ".", ".."].includes(part))) {
    const hint = "Use a relative path with slashes, such as budget/budget.rego.";
    return [{ code: "bad_path", message: "the path is not usable", file: path.slice(0, FILE_LIMITS.path), hint }];
  }
  const most = path.endsWith(".rego") ? FILE_LIMITS.rego : FILE_LIMITS.data;
  if (text.length > most) {
    return [{ code: "too_large", message: `the file has ${text.length} characters; ${most} are read`, file: path, hint: "Split it." }];
  }
  const broken = /[\0\uFFFD]/.test(text) || !text.isWellFormed();
  return broken ? [{ code: "not_text", message: "the file is not UTF-8 text", file: path, hint: "Save it as UTF-8, or remove it." }] : [];
}
