/** What goes wrong with the Hugging Face Hub and its Spaces. */

import {
  AuthenticationError,
  type ErrorFacts,
  GradlinkError,
  NotFoundError,
  TooManyRequestsError,
  TransportError,
} from "../errors.ts";

/** What is known of a failure that the Hub tells of; it becomes fields of the error. */
export interface HubErrorFacts extends ErrorFacts {
  hubCode?: string | undefined;
  retryAfter?: number | undefined;
  space_id?: string | undefined;
  askedWithToken?: boolean | undefined;
}

/**
 * The Hugging Face Hub refused a request, or cannot be reached.
 *
 * A class can extend only one other. So `HubRateLimitError`, `HubAuthenticationError` and `SpaceNotFoundError` extend what
 * such a refusal of an app is, and are an `instanceof HubError` all the same.
 */
export class HubError extends TransportError {
  /** What the Hub calls the refusal, such as "RepoNotFound". */
  declare hubCode?: string | undefined;

  static override [Symbol.hasInstance](error: unknown): boolean {
    if (super[Symbol.hasInstance](error)) return true;
    // A class that extends this one has this method, too.
    const kinds = [HubRateLimitError, HubAuthenticationError, SpaceNotFoundError];
    return this === HubError && kinds.some((kind) => error instanceof kind);
  }

  override get name(): string {
    return "HubError";
  }
}

/** The Hugging Face Hub limits the rate of requests (HTTP 429). */
export class HubRateLimitError extends TooManyRequestsError {
  declare hubCode?: string | undefined;
  override get name(): string {
    return "HubRateLimitError";
  }
}

/** The Hugging Face Hub requires a token, or refuses the one it was given. */
export class HubAuthenticationError extends AuthenticationError {
  declare hubCode?: string | undefined;
  override get name(): string {
    return "HubAuthenticationError";
  }
}

/** The Hub shows no Space of this name to whoever asks: it does not exist, or it is private. */
export class SpaceNotFoundError extends NotFoundError {
  declare hubCode?: string | undefined;
  /** The name that was asked for. */
  declare space_id: string;
  /** The Hub was asked with a token, so the token's account cannot see such a Space either. */
  declare askedWithToken: boolean;
  override get name(): string {
    return "SpaceNotFoundError";
  }
}

/** The Hub refused to duplicate a Space, or to set the copy up. */
export class SpaceDuplicationError extends HubError {
  override get name(): string {
    return "SpaceDuplicationError";
  }
}

/** A Space does not run, and waiting does not help or has not helped. */
export class SpaceNotRunningError extends GradlinkError {
  /** The Space's name. */
  readonly space_id: string;
  /** The page on the Hub where its state and its logs are shown. */
  readonly link: string;
  readonly #stage: string;

  constructor(message: string, space_id: string, stage: string, link: string) {
    super(message, { execution: "not started" });
    this.space_id = space_id;
    this.link = link;
    this.#stage = stage;
  }

  /** Where it stands, in the Hub's words, such as "BUILD_ERROR". */
  override get stage(): string {
    return this.#stage;
  }

  override get name(): string {
    return "SpaceNotRunningError";
  }
}
