// Made by gradlink from 'Multimodal chat', Gradio 6.31.0. Do not edit it, make it again:
//   gradlink generate --lang ts http://127.0.0.1:7860/multimodal -o multimodal.ts

import { Client, type CallOptions, type ClientOptions, type FileData, type PredictReturn, type SubmitIterable } from "gradlink";

/** A file for the app: what `handle_file()` returns, a `FileData`, or content such as a `Blob`. */
export type FileArgument = object;

/** The app that was read. */
export const APP = "http://127.0.0.1:7860/multimodal";

/** What each endpoint takes, by name (`args`) or in order (`values`), and the values that it gives (`data`). */
export interface Endpoints {
  "/chat": {
    args: {
      /** parameter_0 Default {"text": "", "files": []}. */
      message?: { text: string; files?: FileArgument[] };
    };
    values: [message?: { text: string; files?: FileArgument[] }];
    data: [Response: unknown];
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
//|{"format":1,"title":"Multimodal chat","gradio":"6.31.0","endpoints":[
//|{"name":"/chat","text":"","streams":false,"takes":[
//|{"name":"message","type":{"object":{"text":"str","files":{"optional":{"list":"file"}
//|}}},"default":{"text":"","files":[]},"text":"parameter_0.\nLeft out: {\u0027text\u00
//|27: \u0027\u0027, \u0027files\u0027: []}."}
//|],"gives":[
//|["Response","json"]
//|]}
//|]}
