"use strict";

const P256 = { name: "ECDSA", namedCurve: "P-256" };
const ES256 = { name: "ECDSA", hash: "SHA-256" };
const KEY = "device key";

const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** The signature (r || s, 64 bytes) over sha256(body) || nonce by the key that storage holds. */
const signature = async (body, nonce) => {
  const { privateKey } = await held(KEY);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body)));
  const message = new Uint8Array([...digest, ...fromBase64(nonce)]);
  return crypto.subtle.sign(ES256, privateKey, message);
};

probes.makeKey = async () => hold(KEY, await crypto.subtle.generateKey(P256, false, ["sign", "verify"]));

probes.hasKey = async () => (await held(KEY)) !== undefined;

probes.publicKey = async () => crypto.subtle.exportKey("jwk", (await held(KEY)).publicKey);

probes.sign = async ({ body, nonce }) => base64(await signature(body, nonce));

/** What every way of taking the private key out of the browser answers. */
probes.takePrivateKey = async () => {
  const { privateKey } = await held(KEY);
  const wrapper = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["wrapKey"]);
  const iv = new Uint8Array(12);
  return {
    jwk: await orError(() => crypto.subtle.exportKey("jwk", privateKey)),
    pkcs8: await orError(() => crypto.subtle.exportKey("pkcs8", privateKey)),
    wrapped: await orError(() => crypto.subtle.wrapKey("pkcs8", privateKey, wrapper, { name: "AES-GCM", iv })),
    json: JSON.stringify(privateKey),
  };
};

/** Milliseconds of one bare signature over 64 bytes: median and mean. The clock ticks in 0.005 ms when isolated. */
probes.signCost = async ({ count }) => {
  const { privateKey } = await held(KEY);
  const message = crypto.getRandomValues(new Uint8Array(64));
  const times = [];
  for (let turn = 0; turn < count; turn += 1) {
    const before = performance.now();
    await crypto.subtle.sign(ES256, privateKey, message);
    times.push(performance.now() - before);
  }
  times.sort((left, right) => left - right);
  return { median: times[count >> 1], mean: times.reduce((sum, time) => sum + time, 0) / count };
};
