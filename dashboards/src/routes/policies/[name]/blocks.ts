/** A part of a policy's page. Text is plain but for `code` and **strong**; HTML is text like any other. */
export type Block =
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "table"; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

const ITEM = /^\s*(?:[-*]|\d+[.)])\s+/;

/** The Markdown that pages of policies are written in: headings, paragraphs, lists, tables, code. */
export function blocksOf(page: string): readonly Block[] {
  const blocks: Block[] = [];
  for (const part of partsOf(page)) {
    const [first = "", ...rest] = part;
    if (first.startsWith("```")) blocks.push({ kind: "code", text: rest.filter((line) => !line.startsWith("```")).join("\n") });
    else if (/^#{1,6}\s/.test(first)) {
      blocks.push({ kind: "heading", text: first.replace(/^#+\s+/, "") });
      if (rest.length > 0) blocks.push({ kind: "paragraph", text: rest.join(" ") });
    } else if (first.startsWith("|") && /^\|[\s:|-]+\|?\s*$/.test(rest[0] ?? ""))
      blocks.push({ kind: "table", head: cellsOf(first), rows: rest.slice(1).map(cellsOf) });
    else if (ITEM.test(first)) blocks.push({ kind: "list", items: itemsOf(part) });
    else blocks.push({ kind: "paragraph", text: part.join(" ") });
  }
  return blocks;
}

/** Lines that belong together: what stands between empty lines, and code with its fences. */
function partsOf(page: string): string[][] {
  const parts: string[][] = [];
  let part: string[] = [];
  let fenced = false;
  const end = (): void => {
    if (part.length > 0) parts.push(part);
    part = [];
  };
  for (const line of page.split(/\r?\n/)) {
    const fence = line.startsWith("```");
    if (fence && !fenced) end();
    if (line.trim() !== "" || fenced) part.push(line);
    else end();
    if (fence && fenced) end();
    if (fence) fenced = !fenced;
  }
  end();
  return parts;
}

const cellsOf = (line: string): string[] =>
  line
    .replace(/^\||\|\s*$/g, "")
    .split("|")
    .map((cell) => cell.trim());

function itemsOf(lines: readonly string[]): string[] {
  const items: string[] = [];
  for (const line of lines) {
    if (ITEM.test(line)) items.push(line.replace(ITEM, ""));
    else items.push(`${items.pop() ?? ""} ${line.trim()}`);
  }
  return items;
}
