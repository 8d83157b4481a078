"use strict";
// Loaded by the page and by the service worker alike, so that each probe can be asked in both places.

const probes = {};

let opening;
const store = () => (opening ??= new Promise((resolve, reject) => {
  const request = indexedDB.open("doorstep-probe", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("held");
    request.result.createObjectStore("outbox", { autoIncrement: true });
  };
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
}));

const answered = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const completed = (transaction) => new Promise((resolve, reject) => {
  transaction.oncomplete = () => resolve();
  transaction.onabort = () => reject(transaction.error);
});

const hold = async (name, value) => {
  const transaction = (await store()).transaction("held", "readwrite", { durability: "strict" });
  transaction.objectStore("held").put(value, name);
  await completed(transaction);
};

const held = async (name) => answered((await store()).transaction("held").objectStore("held").get(name));

probes.hold = ({ name, value }) => hold(name, value);
probes.held = async ({ name }) => (await held(name)) ?? null;

/** The answer, or the name of the error it ended in. */
const orError = async (attempt) => {
  try {
    return await attempt();
  } catch (error) {
    return error.name;
  }
};
