// Made by gradlink from 'Several', Gradio 6.31.0. Do not edit it, make it again:
//   gradlink generate --lang ts http://127.0.0.1:7860/several -o several.ts

import { Client, type CallOptions, type ClientOptions, type FileData, type PredictReturn, type SubmitIterable } from "gradlink";

/** A file for the app: what `handle_file()` returns, a `FileData`, or content such as a `Blob`. */
export type FileArgument = object;

/** The app that was read. */
export const APP = "http://127.0.0.1:7860/several";

/** What each endpoint takes, by name (`args`) or in order (`values`), and the values that it gives (`data`). */
export interface Endpoints {
  "/analyse": {
    args: {
      /** text */
      a: string;
      /** text Default "b". */
      b?: string;
      /** text Default "c". */
      c?: string;
    };
    values: [a: string, b?: string, c?: string];
    data: [text: string, count: number, Is_upper: boolean, index: unknown];
  };
  "/forget": {
    args: {
      text: string;
    };
    values: [text: string];
    data: [];
  };
  "/lambda": {
    args: {
      text: string;
    };
    values: [text: string];
    data: [text: string];
  };
  "/ping": {
    args: Record<string, never>;
    values: [];
    data: [text: string];
  };
}

type Names = keyof Endpoints;
type Given<K extends Names> = Endpoints[K]["args"] | Endpoints[K]["values"];
type Rest<K extends Names, More extends unknown[]> =
  Record<never, never> extends Endpoints[K]["args"] ? [given?: Given<K>, ...more: Partial<More>] : [given: Given<K>, ...more: Partial<More>];

/** A client that knows the endpoints of the app. */
export interface App extends Omit<Client, "predict" | "submit"> {
  /** Call an endpoint and return its values; of a generator, the last ones. */
  predict<K extends Names>(endpoint: K, ...call: Rest<K, [event_data: unknown, options: CallOptions]>): Promise<PredictReturn<Endpoints[K]["data"]>>;
  /** Call an endpoint and return its job at once; iterate over it for its events. */
  submit<K extends Names>(endpoint: K, ...call: Rest<K, [event_data: unknown, options: CallOptions]>): SubmitIterable<Endpoints[K]["data"]>;
}

/** Connect to the app. */
export async function connect(app: string = APP, options: ClientOptions = {}): Promise<App> {
  return (await Client.connect(app, options)) as unknown as App;
}

// What this was made from; `gradlink check` compares it with the app.
//|{"format":1,"title":"Several","gradio":"6.31.0","endpoints":[
//|{"name":"/analyse","text":"","streams":false,"takes":[
//|{"name":"a","type":"str","text":"text."}
//|,{"name":"b","type":"str","default":"b","text":"text."}
//|,{"name":"c","type":"str","default":"c","text":"text."}
//|],"gives":[
//|["text","str"]
//|,["count","int"]
//|,["Is upper?","bool"]
//|,["index","json"]
//|]}
//|,{"name":"/forget","text":"","streams":false,"takes":[
//|{"name":"text","type":"str","text":""}
//|],"gives":[
//|]}
//|,{"name":"/lambda","text":"","streams":false,"takes":[
//|{"name":"text","type":"str","text":""}
//|],"gives":[
//|["text","str"]
//|]}
//|,{"name":"/ping","text":"","streams":false,"takes":[
//|],"gives":[
//|["text","str"]
//|]}
//|]}
