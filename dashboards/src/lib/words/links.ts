/** Addresses of things, written in one place. */
export const sessionHref = (session: { id: string; agent: string }): string =>
  `/sessions/${encodeURIComponent(session.id)}?${new URLSearchParams({ agent: session.agent })}`;

export function listHref(path: string, query: Readonly<Record<string, string | null | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== null && value !== undefined) search.set(name, value);
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}
