"use strict";
importScripts("store.js", "credential.js", "outbox.js", "abilities.js");

const SHELL = ["/", "/store.js", "/credential.js", "/outbox.js", "/abilities.js", "/page.js"];

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open("shell").then((cache) => cache.addAll(SHELL)));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (pathname === "/sign") {
    event.respondWith(event.request.json().then(probes.sign).then((text) => new Response(text)));
  } else {
    event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
  }
});

self.addEventListener("message", (event) => {
  const { name, given } = event.data;
  const reply = (message) => event.ports[0].postMessage(message);
  event.waitUntil(Promise.resolve(given).then(probes[name]).then(
    (answer) => reply({ answer }),
    (error) => reply({ error: String(error) }),
  ));
});
