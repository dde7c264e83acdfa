// Types that are exactly what they claim: no `any` gets through.

import type { Client, FileData, GradioEvent, PredictReturn, SubmitIterable } from "gradlink";

type IsAny<T> = 0 extends 1 & T ? true : false;
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function claim<_T extends true>(): void {}
function deny<_T extends false>(): void {}

declare const app: Client;

deny<IsAny<Client>>();
deny<IsAny<FileData>>();
deny<IsAny<Client["config"]>>();
deny<IsAny<Client["predict"]>>();
deny<IsAny<Client["submit"]>>();
deny<IsAny<GradioEvent>>();
deny<IsAny<PredictReturn["data"]>>();
deny<IsAny<PredictReturn["data"] extends readonly (infer Value)[] ? Value : never>>();
claim<Equal<PredictReturn["data"], unknown[]>>();
claim<Equal<GradioEvent["type"], "data" | "status" | "log" | "render">>();

const typed = app.predict<[string, number]>("/multi", ["text"]);
claim<Equal<Awaited<typeof typed>["data"], [string, number]>>();

const job = app.submit("/count", ["a"]);
deny<IsAny<typeof job>>();
claim<typeof job extends SubmitIterable ? true : false>();
claim<typeof job extends AsyncIterable<GradioEvent> ? true : false>();
