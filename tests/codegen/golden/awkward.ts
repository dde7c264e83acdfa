// Made by gradlink from 'Awkward', Gradio 6.31.0. Do not edit it, make it again:
//   gradlink generate --lang ts http://127.0.0.1:7860/awkward -o awkward.ts

import { Client, type CallOptions, type ClientOptions, type FileData, type PredictReturn, type SubmitIterable } from "gradlink";

/** A file for the app: what `handle_file()` returns, a `FileData`, or content such as a `Blob`. */
export type FileArgument = object;

/** The app that was read. */
export const APP = "http://127.0.0.1:7860/awkward";

/** What each endpoint takes, by name (`args`) or in order (`values`), and the values that it gives (`data`). */
export interface Endpoints {
  "/__init__": {
    args: {
      /** Default "SELF". */
      self?: string;
      /** class Default "CLASS". */
      klass?: string;
      /** Default "HEADERS". */
      headers?: string;
      /** Default "TIMEOUT". */
      timeout?: string;
      /** api_name Default "API_NAME". */
      param_4?: string;
      /** Default "GRÖSSE". */
      "gr\u00f6\u00dfe"?: string;
      /** str Default "STR". */
      text?: string;
      /** _private Default "_PRIVATE". */
      private?: string;
      /** __mangled Default "__MANGLED". */
      mangled?: string;
    };
    values: [self?: string, klass?: string, headers?: string, timeout?: string, param_4?: string, gr_e?: string, text?: string, private?: string, mangled?: string];
    data: [class: string];
  };
  "/class": {
    args: {
      /** Default "SELF". */
      self?: string;
      /** class Default "CLASS". */
      klass?: string;
      /** Default "HEADERS". */
      headers?: string;
      /** Default "TIMEOUT". */
      timeout?: string;
      /** api_name Default "API_NAME". */
      param_4?: string;
      /** Default "GRÖSSE". */
      "gr\u00f6\u00dfe"?: string;
      /** str Default "STR". */
      text?: string;
      /** _private Default "_PRIVATE". */
      private?: string;
      /** __mangled Default "__MANGLED". */
      mangled?: string;
    };
    values: [self?: string, klass?: string, headers?: string, timeout?: string, param_4?: string, gr_e?: string, text?: string, private?: string, mangled?: string];
    data: [class: string];
  };
  "/client": {
    args: {
      /** Default "SELF". */
      self?: string;
      /** class Default "CLASS". */
      klass?: string;
      /** Default "HEADERS". */
      headers?: string;
      /** Default "TIMEOUT". */
      timeout?: string;
      /** api_name Default "API_NAME". */
      param_4?: string;
      /** Default "GRÖSSE". */
      "gr\u00f6\u00dfe"?: string;
      /** str Default "STR". */
      text?: string;
      /** _private Default "_PRIVATE". */
      private?: string;
      /** __mangled Default "__MANGLED". */
      mangled?: string;
    };
    values: [self?: string, klass?: string, headers?: string, timeout?: string, param_4?: string, gr_e?: string, text?: string, private?: string, mangled?: string];
    data: [class: string];
  };
  "/close": {
    args: {
      /** Default "SELF". */
      self?: string;
      /** class Default "CLASS". */
      klass?: string;
      /** Default "HEADERS". */
      headers?: string;
      /** Default "TIMEOUT". */
      timeout?: string;
      /** api_name Default "API_NAME". */
      param_4?: string;
      /** Default "GRÖSSE". */
      "gr\u00f6\u00dfe"?: string;
      /** str Default "STR". */
      text?: string;
      /** _private Default "_PRIVATE". */
      private?: string;
      /** __mangled Default "__MANGLED". */
      mangled?: string;
    };
    values: [self?: string, klass?: string, headers?: string, timeout?: string, param_4?: string, gr_e?: string, text?: string, private?: string, mangled?: string];
    data: [class: string];
  };
  "/gr\u00f6\u00dfe": {
    args: {
      /** Default "SELF". */
      self?: string;
      /** class Default "CLASS". */
      klass?: string;
      /** Default "HEADERS". */
      headers?: string;
      /** Default "TIMEOUT". */
      timeout?: string;
      /** api_name Default "API_NAME". */
      param_4?: string;
      /** Default "GRÖSSE". */
      "gr\u00f6\u00dfe"?: string;
      /** str Default "STR". */
      text?: string;
      /** _private Default "_PRIVATE". */
      private?: string;
      /** __mangled Default "__MANGLED". */
      mangled?: string;
    };
    values: [self?: string, klass?: string, headers?: string, timeout?: string, param_4?: string, gr_e?: string, text?: string, private?: string, mangled?: string];
    data: [class: string];
  };
  "/index": {
    args: Record<string, never>;
    values: [];
    data: [str: string, fields: string, class: string];
  };
  /** Say "yes" to \ everything; 'quotes' and ''more''. >>> reserved("x") */
  "/reserved": {
    args: {
      /** 1st */
      headers: string;
      /** 2nd */
      param_1: number;
      /** 3rd */
      timeout: number;
      /** 4th */
      param_3: string[];
      /** 5th Default "tttttttttttttttttttttttttttttttttttttttttttttttttt". */
      title?: string;
      /** 6th Default "c". */
      cls?: string;
    };
    values: [headers: string, param_1: number, timeout: number, param_3: string[], title?: string, cls?: string];
    data: [st: unknown];
  };
  "/str": {
    args: {
      /** Default "SELF". */
      self?: string;
      /** class Default "CLASS". */
      klass?: string;
      /** Default "HEADERS". */
      headers?: string;
      /** Default "TIMEOUT". */
      timeout?: string;
      /** api_name Default "API_NAME". */
      param_4?: string;
      /** Default "GRÖSSE". */
      "gr\u00f6\u00dfe"?: string;
      /** str Default "STR". */
      text?: string;
      /** _private Default "_PRIVATE". */
      private?: string;
      /** __mangled Default "__MANGLED". */
      mangled?: string;
    };
    values: [self?: string, klass?: string, headers?: string, timeout?: string, param_4?: string, gr_e?: string, text?: string, private?: string, mangled?: string];
    data: [class: string];
  };
  "/v1/say-it": {
    args: {
      /** Default "SELF". */
      self?: string;
      /** class Default "CLASS". */
      klass?: string;
      /** Default "HEADERS". */
      headers?: string;
      /** Default "TIMEOUT". */
      timeout?: string;
      /** api_name Default "API_NAME". */
      param_4?: string;
      /** Default "GRÖSSE". */
      "gr\u00f6\u00dfe"?: string;
      /** str Default "STR". */
      text?: string;
      /** _private Default "_PRIVATE". */
      private?: string;
      /** __mangled Default "__MANGLED". */
      mangled?: string;
    };
    values: [self?: string, klass?: string, headers?: string, timeout?: string, param_4?: string, gr_e?: string, text?: string, private?: string, mangled?: string];
    data: [class: string];
  };
  "/with_options": {
    args: {
      /** Default "SELF". */
      self?: string;
      /** class Default "CLASS". */
      klass?: string;
      /** Default "HEADERS". */
      headers?: string;
      /** Default "TIMEOUT". */
      timeout?: string;
      /** api_name Default "API_NAME". */
      param_4?: string;
      /** Default "GRÖSSE". */
      "gr\u00f6\u00dfe"?: string;
      /** str Default "STR". */
      text?: string;
      /** _private Default "_PRIVATE". */
      private?: string;
      /** __mangled Default "__MANGLED". */
      mangled?: string;
    };
    values: [self?: string, klass?: string, headers?: string, timeout?: string, param_4?: string, gr_e?: string, text?: string, private?: string, mangled?: string];
    data: [class: string];
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
//|{"format":1,"title":"Awkward","gradio":"6.31.0","endpoints":[
//|{"name":"/__init__","text":"","streams":false,"takes":[
//|{"name":"self","type":"str","default":"SELF","text":""}
//|,{"name":"klass","type":"str","default":"CLASS","text":"class."}
//|,{"name":"headers","type":"str","default":"HEADERS","text":""}
//|,{"name":"timeout","type":"str","default":"TIMEOUT","text":""}
//|,{"name":"param_4","type":"str","default":"API_NAME","text":"api_name."}
//|,{"name":"gr\u00f6\u00dfe","type":"str","default":"GR\u00d6SSE","text":""}
//|,{"name":"text","type":"str","default":"STR","text":"str."}
//|,{"name":"private","type":"str","default":"_PRIVATE","text":"_private."}
//|,{"name":"mangled","type":"str","default":"__MANGLED","text":"__mangled."}
//|],"gives":[
//|["class","str"]
//|]}
//|,{"name":"/class","text":"","streams":false,"takes":[
//|{"name":"self","type":"str","default":"SELF","text":""}
//|,{"name":"klass","type":"str","default":"CLASS","text":"class."}
//|,{"name":"headers","type":"str","default":"HEADERS","text":""}
//|,{"name":"timeout","type":"str","default":"TIMEOUT","text":""}
//|,{"name":"param_4","type":"str","default":"API_NAME","text":"api_name."}
//|,{"name":"gr\u00f6\u00dfe","type":"str","default":"GR\u00d6SSE","text":""}
//|,{"name":"text","type":"str","default":"STR","text":"str."}
//|,{"name":"private","type":"str","default":"_PRIVATE","text":"_private."}
//|,{"name":"mangled","type":"str","default":"__MANGLED","text":"__mangled."}
//|],"gives":[
//|["class","str"]
//|]}
//|,{"name":"/client","text":"","streams":false,"takes":[
//|{"name":"self","type":"str","default":"SELF","text":""}
//|,{"name":"klass","type":"str","default":"CLASS","text":"class."}
//|,{"name":"headers","type":"str","default":"HEADERS","text":""}
//|,{"name":"timeout","type":"str","default":"TIMEOUT","text":""}
//|,{"name":"param_4","type":"str","default":"API_NAME","text":"api_name."}
//|,{"name":"gr\u00f6\u00dfe","type":"str","default":"GR\u00d6SSE","text":""}
//|,{"name":"text","type":"str","default":"STR","text":"str."}
//|,{"name":"private","type":"str","default":"_PRIVATE","text":"_private."}
//|,{"name":"mangled","type":"str","default":"__MANGLED","text":"__mangled."}
//|],"gives":[
//|["class","str"]
//|]}
//|,{"name":"/close","text":"","streams":false,"takes":[
//|{"name":"self","type":"str","default":"SELF","text":""}
//|,{"name":"klass","type":"str","default":"CLASS","text":"class."}
//|,{"name":"headers","type":"str","default":"HEADERS","text":""}
//|,{"name":"timeout","type":"str","default":"TIMEOUT","text":""}
//|,{"name":"param_4","type":"str","default":"API_NAME","text":"api_name."}
//|,{"name":"gr\u00f6\u00dfe","type":"str","default":"GR\u00d6SSE","text":""}
//|,{"name":"text","type":"str","default":"STR","text":"str."}
//|,{"name":"private","type":"str","default":"_PRIVATE","text":"_private."}
//|,{"name":"mangled","type":"str","default":"__MANGLED","text":"__mangled."}
//|],"gives":[
//|["class","str"]
//|]}
//|,{"name":"/gr\u00f6\u00dfe","text":"","streams":false,"takes":[
//|{"name":"self","type":"str","default":"SELF","text":""}
//|,{"name":"klass","type":"str","default":"CLASS","text":"class."}
//|,{"name":"headers","type":"str","default":"HEADERS","text":""}
//|,{"name":"timeout","type":"str","default":"TIMEOUT","text":""}
//|,{"name":"param_4","type":"str","default":"API_NAME","text":"api_name."}
//|,{"name":"gr\u00f6\u00dfe","type":"str","default":"GR\u00d6SSE","text":""}
//|,{"name":"text","type":"str","default":"STR","text":"str."}
//|,{"name":"private","type":"str","default":"_PRIVATE","text":"_private."}
//|,{"name":"mangled","type":"str","default":"__MANGLED","text":"__mangled."}
//|],"gives":[
//|["class","str"]
//|]}
//|,{"name":"/index","text":"","streams":false,"takes":[
//|],"gives":[
//|["str","str"]
//|,["_fields","str"]
//|,["class","str"]
//|]}
//|,{"name":"/reserved","text":"Say \"yes\" to \\ everything; \u0027quotes\u0027 and \u
//|0027\u0027more\u0027\u0027. \u003e\u003e\u003e reserved(\"x\")","streams":false,"tak
//|es":[
//|{"name":"headers","type":"str","text":"1st."}
//|,{"name":"param_1","type":"int","text":"2nd."}
//|,{"name":"timeout","type":"float","text":"3rd."}
//|,{"name":"param_3","type":{"list":"str"},"text":"4th."}
//|,{"name":"title","type":"str","default":"ttttttttttttttttttttttttttttttttttttttttttt
//|ttttttt","text":"5th."}
//|,{"name":"cls","type":"str","default":"c","text":"6th."}
//|],"gives":[
//|["1st","any"]
//|]}
//|,{"name":"/str","text":"","streams":false,"takes":[
//|{"name":"self","type":"str","default":"SELF","text":""}
//|,{"name":"klass","type":"str","default":"CLASS","text":"class."}
//|,{"name":"headers","type":"str","default":"HEADERS","text":""}
//|,{"name":"timeout","type":"str","default":"TIMEOUT","text":""}
//|,{"name":"param_4","type":"str","default":"API_NAME","text":"api_name."}
//|,{"name":"gr\u00f6\u00dfe","type":"str","default":"GR\u00d6SSE","text":""}
//|,{"name":"text","type":"str","default":"STR","text":"str."}
//|,{"name":"private","type":"str","default":"_PRIVATE","text":"_private."}
//|,{"name":"mangled","type":"str","default":"__MANGLED","text":"__mangled."}
//|],"gives":[
//|["class","str"]
//|]}
//|,{"name":"/v1/say-it","text":"","streams":false,"takes":[
//|{"name":"self","type":"str","default":"SELF","text":""}
//|,{"name":"klass","type":"str","default":"CLASS","text":"class."}
//|,{"name":"headers","type":"str","default":"HEADERS","text":""}
//|,{"name":"timeout","type":"str","default":"TIMEOUT","text":""}
//|,{"name":"param_4","type":"str","default":"API_NAME","text":"api_name."}
//|,{"name":"gr\u00f6\u00dfe","type":"str","default":"GR\u00d6SSE","text":""}
//|,{"name":"text","type":"str","default":"STR","text":"str."}
//|,{"name":"private","type":"str","default":"_PRIVATE","text":"_private."}
//|,{"name":"mangled","type":"str","default":"__MANGLED","text":"__mangled."}
//|],"gives":[
//|["class","str"]
//|]}
//|,{"name":"/with_options","text":"","streams":false,"takes":[
//|{"name":"self","type":"str","default":"SELF","text":""}
//|,{"name":"klass","type":"str","default":"CLASS","text":"class."}
//|,{"name":"headers","type":"str","default":"HEADERS","text":""}
//|,{"name":"timeout","type":"str","default":"TIMEOUT","text":""}
//|,{"name":"param_4","type":"str","default":"API_NAME","text":"api_name."}
//|,{"name":"gr\u00f6\u00dfe","type":"str","default":"GR\u00d6SSE","text":""}
//|,{"name":"text","type":"str","default":"STR","text":"str."}
//|,{"name":"private","type":"str","default":"_PRIVATE","text":"_private."}
//|,{"name":"mangled","type":"str","default":"__MANGLED","text":"__mangled."}
//|],"gives":[
//|["class","str"]
//|]}
//|]}
