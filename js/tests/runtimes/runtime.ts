// What the runner knows of a runtime.

import type { Place, Result } from "./suite.ts";

/** Three scenarios are not in the suite. A program that has closed its clients ends. */
export const PROCESS_ENDS = "process ends";
/** A page's storage is as empty after the suite as before. */
export const NOTHING_STORED = "nothing stored";
export const NO_PROCESS = "it is not a program that ends";
/** What stands in the address of a page is not sent to the app. */
export const ADDRESS_KEPT = "page's address kept";
export const NO_STORAGE = "no storage of a page";
export const NO_ADDRESS = "no address of a page";
export const NO_ORIGINS = "no page, so no origin policy";
/** What a program prints after its results. */
export const LAST_LINE = "that is all";

/** Where a runtime finds what it needs. */
export interface Setting {
  readonly place: Place;
  /** The folder with the installed package and the suite; ends with a slash. */
  readonly stage: string;
  /** The authority that made the certificate of the https server. */
  readonly caFile: string | null;
  /** Where pages come from. */
  readonly origin: string;
}

/** One column of the table. */
export interface Runtime {
  readonly name: string;
  /** What has to be installed, if it cannot play here. */
  readonly missing: string | null;
  /** Scenarios that cannot work in it, each with the reason. */
  readonly cannot: Readonly<Record<string, string>>;
  play(setting: Setting, names: readonly string[]): Promise<Result[]>;
}
