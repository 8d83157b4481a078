"use strict";

const through = async (bytes, stream) =>
  new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());

probes.gzip = async ({ text }) =>
  base64(await through(new TextEncoder().encode(text), new CompressionStream("gzip")));

probes.gunzip = async ({ data }) =>
  new TextDecoder().decode(await through(fromBase64(data), new DecompressionStream("gzip")));

probes.storage = async () => ({
  persistedBefore: await navigator.storage.persisted(),
  persist: navigator.storage.persist ? await navigator.storage.persist() : null,
  persistedAfter: await navigator.storage.persisted(),
  quotaMegabytes: Math.round((await navigator.storage.estimate()).quota / 2 ** 20),
});

probes.has = () => ({
  locks: "locks" in navigator,
  credentials: "credentials" in navigator,
  cookieStore: "cookieStore" in globalThis,
  gzip: "CompressionStream" in globalThis && "DecompressionStream" in globalThis,
});

/** Cookies that a script can see here. */
probes.visibleCookies = async () => (await cookieStore.getAll()).map((cookie) => cookie.name);

/** What the origin received with a request made from here. */
probes.arriving = async ({ bearer }) => {
  const headers = bearer ? { authorization: `Bearer ${await held("bearer")}` } : {};
  return (await fetch("/arriving", { headers })).json();
};
