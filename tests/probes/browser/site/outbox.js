"use strict";

const operation = (fields) => ({ ...fields, entity: "visit", field: "exec_state", text: "x".repeat(300) });

const append = async (fields, durability) => {
  const transaction = (await store()).transaction("outbox", "readwrite", { durability });
  transaction.objectStore("outbox").add(operation(fields));
  await completed(transaction);
};

/** Milliseconds for `count` operations, each in its own transaction, one after the other. */
probes.writeEach = async ({ count, durability }) => {
  await store();
  const before = performance.now();
  for (let seq = 1; seq <= count; seq += 1) await append({ run: "timed", seq }, durability);
  return performance.now() - before;
};

/**
 * Writes 1..until and reports each to the origin, which kills this browser at the last report.
 * `first` reports before writing: the control, which must be seen to lose.
 */
probes.writeAndReport = async ({ run, until, durability, first }) => {
  const report = (seq) => fetch("/written", { method: "POST", body: String(seq) });
  for (let seq = 1; seq <= until; seq += 1) {
    if (first) await report(seq);
    await append({ run, seq }, durability);
    if (!first) await report(seq);
  }
};

probes.numbersOf = async ({ run }) => {
  const all = await answered((await store()).transaction("outbox").objectStore("outbox").getAll());
  return all.filter((one) => one.run === run).map((one) => one.seq);
};

const lastNumber = async (outbox, run) => {
  const cursor = await answered(outbox.openCursor(null, "prev"));
  return cursor && cursor.value.run === run ? cursor.value.seq : 0;
};

const readThenWrite = async (run, writer) => {
  const last = await lastNumber((await store()).transaction("outbox").objectStore("outbox"), run);
  await append({ run, writer, seq: last + 1 }, "relaxed");
};

/** How a writer takes the next number: two transactions, the same under a Web Lock, or one transaction. */
const ways = {
  unguarded: readThenWrite,
  locked: (run, writer) => navigator.locks.request("outbox", () => readThenWrite(run, writer)),
  transaction: async (run, writer) => {
    const transaction = (await store()).transaction("outbox", "readwrite", { durability: "relaxed" });
    const outbox = transaction.objectStore("outbox");
    outbox.add(operation({ run, writer, seq: (await lastNumber(outbox, run)) + 1 }));
    await completed(transaction);
  },
};

probes.appendNumbered = async ({ run, writer, way, count }) => {
  for (let turn = 0; turn < count; turn += 1) await ways[way](run, writer);
};

/** How often the writer changed from one operation to the next: proof that they were interleaved. */
probes.changesOfWriter = async ({ run }) => {
  const all = await answered((await store()).transaction("outbox").objectStore("outbox").getAll());
  const writers = all.filter((one) => one.run === run).map((one) => one.writer);
  return writers.filter((writer, at) => at > 0 && writer !== writers[at - 1]).length;
};
