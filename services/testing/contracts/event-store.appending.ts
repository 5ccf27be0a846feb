import assert from "node:assert/strict";
import type { Expected } from "../../ports/event-store.ts";
import type { Check } from "./event-store.opened.ts";
import { ids, readEverything, sample, samples, to } from "./event-store.samples.ts";

export function checkAppending(check: Check): void {
  checkOutcomes(check);
  checkRepeats(check);
  checkBodies(check);
  checkWriters(check);
}

function checkOutcomes(check: Check): void {
  check("what was appended is read back as it was given", async ({ stores: [store] }) => {
    const [first, second] = [sample('{"a":1}', "andon.a.v1"), sample('{"b":2}', "andon.b.v2")];
    const [outcome] = await store.append([{ stream: "session-1", expected: "none", events: [first, second] }]);
    assert.equal(outcome?.kind, "appended");
    assert.equal(outcome.revision, 1);
    const events = await store.readStream("session-1", 0, 10);
    assert.deepEqual(
      events.map(({ position, ...rest }) => rest),
      [
        { ...first, stream: "session-1", revision: 0 },
        { ...second, stream: "session-1", revision: 1 },
      ],
    );
    assert.equal(events[1]?.position, outcome.position);
    assert.deepEqual((await store.readAll(null, 10)).events, events);
  });

  // In words: what each expectation says to a stream that is new, and to one whose last revision is 1.
  const table: [Expected, "appended" | "conflict", "appended" | "conflict"][] = [
    ["any", "appended", "appended"],
    ["none", "appended", "conflict"],
    ["exists", "conflict", "appended"],
    [0, "conflict", "conflict"],
    [1, "conflict", "appended"],
    [2, "conflict", "conflict"],
  ];
  for (const [expected, onNew, onExisting] of table) {
    check(`expected ${expected}: ${onNew} on a new stream, ${onExisting} at revision 1`, async ({ stores: [store] }) => {
      await store.append([to("session-old", ...samples(2))]);
      const outcomes = await store.append([
        { stream: "session-new", expected, events: [sample()] },
        { stream: "session-old", expected, events: [sample()] },
      ]);
      assert.deepEqual(
        outcomes.map((outcome) => (outcome.kind === "conflict" ? [outcome.kind, outcome.current] : [outcome.kind, outcome.revision])),
        [onNew === "conflict" ? ["conflict", null] : ["appended", 0], onExisting === "conflict" ? ["conflict", 1] : ["appended", 2]],
      );
      assert.equal((await store.readStream("session-new", 0, 10)).length, onNew === "conflict" ? 0 : 1);
      assert.equal((await store.readStream("session-old", 0, 10)).length, onExisting === "conflict" ? 2 : 3);
    });
  }

  check("outcomes come in the order of the appends, and later ones see the earlier", async ({ stores: [store] }) => {
    const outcomes = await store.append([
      { stream: "session-1", expected: "none", events: samples(2) },
      { stream: "session-2", expected: "none", events: samples(1) },
      { stream: "session-1", expected: "none", events: samples(1) },
      { stream: "session-1", expected: 1, events: samples(1) },
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.kind === "conflict" ? outcome.current : outcome.revision)),
      [1, 0, 1, 2],
    );
    assert.equal(outcomes[2]?.kind, "conflict");
  });

  check("a conflict stores nothing of its append and does not touch the others", async ({ stores: [store] }) => {
    const [before, after] = [sample(), sample()];
    await store.append([to("session-1", before), { stream: "session-1", expected: 7, events: samples(3) }, to("session-1", after)]);
    assert.deepEqual(ids(await store.readStream("session-1", 0, 10)), ids([before, after]));
    assert.deepEqual(ids(await readEverything(store)), ids([before, after]));
  });

  check("revisions have no holes and positions only grow", async ({ stores: [store] }) => {
    for (let round = 0; round < 5; round++) {
      await store.append([
        to("session-1", ...samples(3)),
        to("change-1", sample()),
        { stream: "session-1", expected: "none", events: samples(2) },
      ]);
    }
    const sessions = await store.readStream("session-1", 0, 100);
    assert.deepEqual(
      sessions.map(({ revision }) => revision),
      Array.from({ length: 15 }, (_, nth) => nth),
    );
    const positions = (await readEverything(store)).map(({ position }) => position);
    assert.equal(positions.length, 20);
    assert.deepEqual(positions, [...new Set(positions)].sort());
    assert.equal(new Set(positions.map(({ length }) => length)).size, 1);
  });

  check("nothing to append is no error; an append without events is", async ({ stores: [store] }) => {
    assert.deepEqual(await store.append([]), []);
    await assert.rejects(store.append([to("session-1", sample()), to("session-2")]), /at least one event/);
    assert.equal(await store.head(), null);
  });

  check("names and ids that no store may take are refused, and nothing is stored", async ({ stores: [store] }) => {
    const good = sample();
    await assert.rejects(store.append([to("", good)]), /stream's name/);
    await assert.rejects(store.append([to("session-\u0000", good)]), /stream's name/);
    await assert.rejects(store.append([to("session-1", { ...good, id: "1" })]), /UUID/);
    await assert.rejects(store.append([to("session-1", { ...good, id: good.id.toUpperCase() })]), /UUID/);
    await assert.rejects(store.append([to("session-1", { ...good, type: "" })]), /type/);
    await assert.rejects(store.append([to("session-1", { ...good, body: '"\ud800"' })]), /well-formed/);
    await assert.rejects(store.append([{ stream: "session-1", expected: -1, events: [good] }]), /expected/);
    assert.equal(await store.head(), null);
  });
}

function checkRepeats(check: Check): void {
  for (const expected of ["any", "none", "exists", 0, 2, 40] satisfies Expected[]) {
    check(`a repeated append with expected ${expected} is already there and stores nothing`, async ({ stores: [store] }) => {
      const repeated = samples(2);
      await store.append([to("session-1", sample()), to("session-1", ...repeated), to("session-1", sample())]);
      const outcomes = await store.append([{ stream: "session-1", expected, events: repeated }]);
      assert.deepEqual(outcomes, [{ kind: "already", revision: 2 }]);
      assert.equal((await store.readStream("session-1", 0, 10)).length, 4);
    });
  }

  check("a repeat inside one call is already there", async ({ stores: [store] }) => {
    const twice = samples(2);
    const outcomes = await store.append([to("session-1", ...twice), to("session-1", ...twice)]);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ["appended", "already"],
    );
    assert.equal((await readEverything(store)).length, 2);
  });

  check("an append of which a part is known conflicts and says which", async ({ stores: [store] }) => {
    const known = sample();
    await store.append([to("session-1", known)]);
    for (const expected of ["any", "exists", 0] satisfies Expected[]) {
      const outcomes = await store.append([{ stream: "session-1", expected, events: [sample(), known, sample()] }]);
      assert.deepEqual(outcomes, [{ kind: "conflict", current: 0, taken: [known.id] }]);
    }
    assert.equal((await readEverything(store)).length, 1);
  });

  check("an id twice in one append conflicts", async ({ stores: [store] }) => {
    const twice = sample();
    const outcomes = await store.append([to("session-1", twice, sample(), twice)]);
    assert.deepEqual(outcomes, [{ kind: "conflict", current: null, taken: [twice.id] }]);
    assert.equal(await store.head(), null);
  });

  check("an id of another stream conflicts", async ({ stores: [store] }) => {
    const taken = sample();
    await store.append([to("session-1", taken)]);
    const outcomes = await store.append([to("session-2", taken), to("session-2", sample(), taken)]);
    assert.deepEqual(outcomes, [
      { kind: "conflict", current: null, taken: [taken.id] },
      { kind: "conflict", current: null, taken: [taken.id] },
    ]);
    assert.equal((await readEverything(store)).length, 1);
  });
}

function checkBodies(check: Check): void {
  check("bodies keep their bytes: spacing, escapes, order, repeated keys, digits", async ({ stores: [store] }) => {
    const bodies = [
      '{ "b" : 1.0,\n"a":1e2 ,"a": -0}',
      '{"n":123456789012345678901234567890.10,"e":"\\u00e9\\ud800","slash":"\\/"}',
      '{"text":"Ação 数据 🧵\u2028 \\u0000 end"}',
      "",
      "[]",
    ];
    const events = bodies.map((body) => sample(body));
    await store.append([to("session-1", ...events)]);
    assert.deepEqual(
      (await store.readStream("session-1", 0, 10)).map(({ body }) => body),
      bodies,
    );
  });

  check("names may hold any writing", async ({ stores: [store] }) => {
    const name = "session-agência 数.🧵/a b%c#?";
    const event = sample("{}", "andon.tipo.é.v1");
    await store.append([to(name, event)]);
    const [read] = await store.readStream(name, 0, 1);
    assert.deepEqual([read?.stream, read?.type], [name, event.type]);
    assert.deepEqual(ids((await store.readAll(null, 10, { categories: ["session"] })).events), [event.id]);
  });

  check("a body of a megabyte comes back whole", async ({ stores: [store] }) => {
    const body = JSON.stringify({ text: "ç1".repeat(333_000) });
    assert.ok(Buffer.byteLength(body) > 999_000);
    await store.append([to("session-1", sample(body), sample())]);
    const events = await store.readStream("session-1", 0, 10);
    assert.equal(events.length, 2);
    assert.ok(events[0]?.body === body);
  });

  check("one append may hold many events", async ({ stores: [store] }) => {
    const many = samples(700);
    const [outcome] = await store.append([{ stream: "session-1", expected: "none", events: many }]);
    assert.deepEqual([outcome?.kind, outcome?.kind === "appended" && outcome.revision], ["appended", 699]);
    assert.deepEqual(ids(await store.readStream("session-1", 0, 1000)), ids(many));
  });
}

function checkWriters(check: Check): void {
  check("of two writers at the same revision one wins", async ({ stores }) => {
    await stores[0].append([to("session-1", sample())]);
    for (let revision = 0; revision < 20; revision++) {
      const outcomes = await Promise.all(
        stores.map((store) => store.append([{ stream: "session-1", expected: revision, events: [sample()] }])),
      );
      assert.deepEqual(outcomes.map(([outcome]) => outcome?.kind).sort(), ["appended", "conflict"]);
    }
    assert.equal((await stores[0].readStream("session-1", 0, 100)).length, 21);
  });

  check("of two writers of a new stream one wins", async ({ stores }) => {
    for (let nth = 0; nth < 10; nth++) {
      const outcomes = await Promise.all(
        stores.map((store) => store.append([{ stream: `session-${nth}`, expected: "none", events: [sample()] }])),
      );
      assert.deepEqual(outcomes.map(([outcome]) => outcome?.kind).sort(), ["appended", "conflict"]);
    }
  });

  check("writers who expect nothing all get in, each in one piece", async ({ stores }) => {
    const appends = Array.from({ length: 20 }, () => to("session-1", ...samples(3)));
    const outcomes = await Promise.all(appends.map((append, nth) => (stores[nth % 2] as (typeof stores)[0]).append([append])));
    assert.ok(outcomes.every(([outcome]) => outcome?.kind === "appended"));
    const stored = ids(await stores[0].readStream("session-1", 0, 100));
    assert.equal(stored.length, 60);
    for (const { events } of appends) {
      const at = stored.indexOf(events[0]?.id ?? "");
      assert.deepEqual(stored.slice(at, at + 3), ids(events));
    }
  });

  check("the same append from two writers at once is stored once", async ({ stores }) => {
    for (let nth = 0; nth < 10; nth++) {
      const append = { stream: `session-${nth}`, expected: "none" as const, events: samples(2) };
      const outcomes = await Promise.all(stores.map((store) => store.append([append])));
      assert.ok(outcomes.every(([outcome]) => outcome?.kind === "appended" || outcome?.kind === "already"));
      assert.equal((await stores[1].readStream(append.stream, 0, 10)).length, 2);
    }
  });
}
