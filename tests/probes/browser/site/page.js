"use strict";

const registered = async () => {
  await navigator.serviceWorker.register("worker.js");
  if (!navigator.serviceWorker.controller) {
    await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve));
  }
  return navigator.serviceWorker.ready;
};

probes.register = async () => Boolean(await registered());

probes.controlled = () => Boolean(navigator.serviceWorker.controller);

/** The probe's answer, asked of the service worker by message. */
const askWorker = async (name, given) => {
  const { port1, port2 } = new MessageChannel();
  const reply = new Promise((resolve) => { port1.onmessage = (event) => resolve(event.data); });
  (await navigator.serviceWorker.ready).active.postMessage({ name, given }, [port2]);
  const { answer, error } = await reply;
  if (error) throw new Error(error);
  return answer;
};

/** The signature, made inside the worker's fetch handler. */
probes.signByFetch = async (given) =>
  (await fetch("/sign", { method: "POST", body: JSON.stringify(given) })).text();

probes.background = async () => {
  const registration = await navigator.serviceWorker.ready;
  return {
    sync: "sync" in registration && (await orError(() => registration.sync.register("outbox").then(() => "registered"))),
    periodicSync: "periodicSync" in registration
      && (await orError(() => registration.periodicSync.register("pull", { minInterval: 3600000 }).then(() => "registered"))),
    backgroundFetch: "backgroundFetch" in registration,
    push: "pushManager" in registration,
  };
};

probes.passkey = async () => ({
  present: "PublicKeyCredential" in globalThis,
  platformAuthenticator: await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable(),
});

// Begins a long probe so that another tab can begin too; `ended` waits for it.
let begun;
const begin = (name, given) => { begun = probes[name](given); };
const beginInWorker = (name, given) => { begun = askWorker(name, given); };
const ended = () => begun;
