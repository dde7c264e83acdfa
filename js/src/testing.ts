/** Tools for tests of programs that use gradlink: a scripted app, which the real client calls without a server. */

export { type Call, FakeApp, type FakeAppOptions, fakeApp } from "./testing/app.ts";
export {
  type EndpointFunction,
  type EndpointOptions,
  type EndpointScript,
  endpoint,
  type Happening,
  type Hold,
  hold,
  type LoggedOptions,
  logged,
  type Outputs,
  outputs,
  progressed,
  type QueuedOptions,
  queued,
  type Script,
  stream,
} from "./testing/script.ts";
