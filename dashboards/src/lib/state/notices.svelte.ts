export interface Notice {
  id: number;
  tone: "ok" | "bad" | "info";
  text: string;
  hint?: string | undefined;
  action?: { label: string; run: () => void } | undefined;
  /** Work under way: stays until it is closed. */
  busy?: boolean;
}

const SHOWN_FOR = 6000;

/** Short notes about what was just done. Errors stay until they are closed. */
class Notices {
  list = $state<Notice[]>([]);
  #last = 0;

  add(notice: Omit<Notice, "id">): number {
    const id = ++this.#last;
    this.list.push({ ...notice, id });
    if (notice.tone !== "bad" && !notice.busy) setTimeout(() => this.close(id), SHOWN_FOR);
    return id;
  }

  change(id: number, text: string): void {
    const notice = this.list.find((one) => one.id === id);
    if (notice) notice.text = text;
  }

  close(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }
}

export const notices = new Notices();
