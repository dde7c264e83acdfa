// What a service worker has: the types of TypeScript know only what all workers have.

interface WorkerGlobalScope {
  readonly clients: Clients;
  readonly registration: ServiceWorkerRegistration;
  skipWaiting(): Promise<void>;
}

interface WorkerGlobalScopeEventMap {
  activate: ExtendableEvent;
  fetch: FetchEvent;
  install: ExtendableEvent;
}

// The copy that the example imports.
declare module "*/gradlink.min.mjs" {
  export * from "gradlink";
}
