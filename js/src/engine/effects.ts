/** What the engine wants done: a closed union, which the client performs in the order of its list. */

import type { CancelPlan } from "../protocol/cancelling.ts";
import type { JobTracker } from "../protocol/job.ts";
import type { LimitPhase, Retries, Timeout } from "../protocol/policy.ts";
import type { SessionRouter } from "../protocol/router.ts";
import type { Endpoint } from "../protocol/schema.ts";

/** A job between its call and its end; only the engine writes to what stands here. */
export interface JobState {
  /** The function that is called; another one when the app was restarted in between. */
  readonly endpoint: Endpoint;
  /** What the server has said about it. */
  readonly tracker: JobTracker;
  readonly options: {
    readonly timeout: Timeout;
    readonly retries: Retries;
    /** It is sent again when it is lost, though it may have run. */
    readonly resubmit?: boolean | undefined;
  };
  /** How often it was sent again. */
  resent: number;
  /** A cancel is on its way to the server, or follows the answer to the join. */
  cancelling: boolean;
  /** Counts the phases, so that the limit of an earlier one does nothing. */
  stage: number;
  /** Its function has been seen running. */
  ran: boolean;
}

/** Something happened to the job: wake what waits for it. */
export interface Notify<Job> {
  readonly do: "Notify";
  readonly job: Job;
}

/** Call `limitReached()` with this in `seconds`; it does nothing if the phase is over by then. */
export interface SetLimit<Job> {
  readonly do: "SetLimit";
  readonly job: Job;
  readonly phase: LimitPhase;
  readonly stage: number;
  readonly seconds: number;
}

/** Upload the job's files, then put it into the app's queue under `session`. */
export interface Join<Job> {
  readonly do: "Join";
  readonly job: Job;
  readonly session: SessionRouter<Job>;
}

/**
 * RunDirect: call the job's function without the queue.
 * RunAlone: run the job on a connection of its own (servers before 4.9).
 * Resend: pause, then give the job to `resubmit()`: it was lost and may be sent again.
 * StopAlone: close the job's own connection, if it has one by now: that is what cancels it.
 */
export interface OfJob<Job> {
  readonly do: "RunDirect" | "RunAlone" | "Resend" | "StopAlone";
  readonly job: Job;
}

/**
 * OpenStream: read the session's stream.
 * LeaveStream: stop reading it: nothing more is to come on it, and the server does not end it.
 */
export interface OfStream<Job> {
  readonly do: "OpenStream" | "LeaveStream";
  readonly session: SessionRouter<Job>;
}

/** Ask the server to cancel a job, then call `cancelAnswered()` or `cancelFailed()` with this. */
export interface SendCancel<Job> {
  readonly do: "SendCancel";
  readonly job: Job;
  readonly session: SessionRouter<Job>;
  readonly event_id: string;
  readonly fn_index: number;
  readonly plan: CancelPlan;
}

/** Call `retryCancels()` with the session in `seconds`: a cancel waits until it can hit no other job. */
export interface RetryCancelsLater<Job> {
  readonly do: "RetryCancelsLater";
  readonly session: SessionRouter<Job>;
  readonly seconds: number;
}

/** Reset a job that has a stream of its own, then leave that stream: 4.0 does not notice when it is left. */
export interface ResetAlone<Job> {
  readonly do: "ResetAlone";
  readonly job: Job;
  readonly event_id: string;
}

/** Call `queueStands()` in `seconds`, unless the queue is seen to run before. */
export interface WatchQueue {
  readonly do: "WatchQueue";
  readonly seconds: number;
}

/** Ask the app to start its queue, which these jobs wait for. */
export interface StartQueue<Job> {
  readonly do: "StartQueue";
  readonly jobs: readonly Job[];
}

/**
 * LeaveQueue: stop watching the queue: it runs.
 * StartHeartbeat: keep the client's own session alive from now on.
 * RenewHeartbeat: go on with the heartbeat of the session that is the client's own now.
 */
export interface OfClient {
  readonly do: "LeaveQueue" | "StartHeartbeat" | "RenewHeartbeat";
}

export type Effect<Job> =
  | Notify<Job>
  | SetLimit<Job>
  | Join<Job>
  | OfJob<Job>
  | OfStream<Job>
  | SendCancel<Job>
  | RetryCancelsLater<Job>
  | ResetAlone<Job>
  | WatchQueue
  | StartQueue<Job>
  | OfClient;
