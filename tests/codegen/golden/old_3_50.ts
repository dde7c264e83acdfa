// Made by gradlink from 'Gradio', Gradio 3.50.2. Do not edit it, make it again:
//   gradlink generate --lang ts http://127.0.0.1:7860/old_3_50 -o old_3_50.ts

import { Client, type CallOptions, type ClientOptions, type FileData, type PredictReturn, type SubmitIterable } from "gradlink";

/** A file for the app: what `handle_file()` returns, a `FileData`, or content such as a `Blob`. */
export type FileArgument = object;

/** The app that was read. */
export const APP = "http://127.0.0.1:7860/old_3_50";

/** What each endpoint takes, by name (`args`) or in order (`values`), and the values that it gives (`data`). */
export interface Endpoints {
  "/add": {
    args: {
      a: number;
      /** Default 10.0. */
      b?: number;
      /** Default "add". */
      op?: string;
    };
    values: [a: number, b?: number, op?: string];
    data: [result: number];
  };
  "/await_mark": {
    args: {
      /** Default "". */
      key?: string;
      /** Default "ticks". */
      name?: string;
      /** Default 1.0. */
      times?: number;
      /** Default 30.0. */
      patience?: number;
    };
    values: [key?: string, name?: string, times?: number, patience?: number];
    data: [out: string];
  };
  "/batch_double": {
    args: {
      /** Default 3.0. */
      n?: number;
    };
    values: [n?: number];
    data: [result: number];
  };
  "/batch_gate": {
    args: {
      /** Default "". */
      key?: string;
    };
    values: [key?: string];
    data: [out: string];
  };
  "/boom": {
    args: {
      /** Default "". */
      text?: string;
    };
    values: [text?: string];
    data: [out: string];
  };
  "/chat": {
    args: {
      /** Default "". */
      text?: string;
      /** filepath to JSON file */
      chatbot: string;
    };
    values: [text: string, chatbot: string];
    data: [text: string, chatbot: string];
  };
  "/chatlist": {
    args: Record<string, never>;
    values: [];
    data: [chatbot: string];
  };
  "/count": {
    args: {
      /** Default "". */
      text?: string;
      /** Default 3.0. */
      n?: number;
    };
    values: [text?: string, n?: number];
    data: [out: string];
  };
  "/counter": {
    args: {
      /** Default 3.0. */
      n?: number;
    };
    values: [n?: number];
    data: [result: number];
  };
  "/echo": {
    args: {
      /** Default "". */
      text?: string;
    };
    values: [text?: string];
    data: [out: string];
  };
  "/echo_1": {
    args: {
      /** Default "". */
      text?: string;
    };
    values: [text?: string];
    data: [out: string];
  };
  "/emptygen": {
    args: Record<string, never>;
    values: [];
    data: [out: string];
  };
  "/err": {
    args: {
      /** Default "". */
      text?: string;
    };
    values: [text?: string];
    data: [out: string];
  };
  "/fast": {
    args: {
      /** Default "". */
      text?: string;
    };
    values: [text?: string];
    data: [out: string];
  };
  "/fast_boom": {
    args: {
      /** Default "". */
      text?: string;
    };
    values: [text?: string];
    data: [out: string];
  };
  "/fast_counter": {
    args: {
      /** Default 3.0. */
      n?: number;
    };
    values: [n?: number];
    data: [result: number];
  };
  "/fast_err": {
    args: {
      /** Default "". */
      text?: string;
    };
    values: [text?: string];
    data: [out: string];
  };
  "/fast_json": {
    args: {
      /** filepath to JSON file */
      json_in: string;
    };
    values: [json_in: string];
    data: [json_out: string];
  };
  "/file_upper": {
    args: {
      /** filepath on your computer (or URL) of file */
      file: string | FileArgument;
    };
    values: [file: string | FileArgument];
    data: [file_out: string | FileData];
  };
  "/files_info": {
    args: {
      /** List of filepath(s) or URL(s) to files */
      files: (string | FileArgument)[];
    };
    values: [files: (string | FileArgument)[]];
    data: [json_out: string];
  };
  "/framegen": {
    args: Record<string, never>;
    values: [];
    data: [frame: string];
  };
  "/gallery": {
    args: {
      /** filepath on your computer (or URL) of image */
      image: string;
    };
    values: [image: string];
    data: [gallery: ([FileData, string | null])[]];
  };
  "/gate": {
    args: {
      /** Default "". */
      key?: string;
    };
    values: [key?: string];
    data: [out: string];
  };
  "/gategen": {
    args: {
      /** Default "". */
      key?: string;
      /** Default 3.0. */
      n?: number;
    };
    values: [key?: string, n?: number];
    data: [out: string];
  };
  "/gateprogress": {
    args: {
      /** Default "". */
      key?: string;
      /** Default 3.0. */
      n?: number;
    };
    values: [key?: string, n?: number];
    data: [out: string];
  };
  "/genboom": {
    args: {
      /** Default 3.0. */
      n?: number;
    };
    values: [n?: number];
    data: [out: string];
  };
  "/generr": {
    args: {
      /** Default 3.0. */
      n?: number;
    };
    values: [n?: number];
    data: [out: string];
  };
  "/image_flip": {
    args: {
      /** filepath on your computer (or URL) of image */
      image: string;
    };
    values: [image: string];
    data: [image_out: string];
  };
  "/jsongen": {
    args: Record<string, never>;
    values: [];
    data: [json_out: string];
  };
  "/kitchen": {
    args: {
      /** Default "". */
      text?: string;
      /** Default 3.0. */
      n?: number;
      /** Default 5. numeric value between 0 and 100 */
      slider?: number;
      /** Default true. */
      check?: boolean;
      /** Default "add". */
      op?: string;
      /** Default "x". Option from: [('x', 'x'), ('y', 'y')] */
      drop?: string;
      /** List of options from: [('p', 'p'), ('q', 'q'), ('r', 'r')] */
      multi_drop: string[];
      /** filepath to JSON file */
      json_in: string;
    };
    values: [text: string, n: number, slider: number, check: boolean, op: string, drop: string, multi_drop: string[], json_in: string];
    data: [json_out: string];
  };
  "/logs": {
    args: {
      /** Default "". */
      text?: string;
    };
    values: [text?: string];
    data: [out: string];
  };
  "/multi": {
    args: {
      /** Default "". */
      text?: string;
    };
    values: [text?: string];
    data: [out: string, result: number, label: string];
  };
  "/observe": {
    args: {
      /** Default "". */
      key?: string;
    };
    values: [key?: string];
    data: [out: string];
  };
  "/open_gate": {
    args: {
      /** Default "". */
      key?: string;
      /** Default 1.0. */
      times?: number;
    };
    values: [key?: string, times?: number];
    data: [out: string];
  };
  "/ping": {
    args: Record<string, never>;
    values: [];
    data: [out: string];
  };
  "/progress": {
    args: {
      /** Default 3.0. */
      n?: number;
    };
    values: [n?: number];
    data: [out: string];
  };
  "/samegen": {
    args: Record<string, never>;
    values: [];
    data: [out: string];
  };
  "/slow": {
    args: {
      /** Default 3.0. */
      n?: number;
    };
    values: [n?: number];
    data: [out: string];
  };
  "/slowgen": {
    args: {
      /** Default 3.0. */
      n?: number;
      /** Default 0.2. */
      delay?: number;
      /** Default "". */
      key?: string;
    };
    values: [n?: number, delay?: number, key?: string];
    data: [out: string];
  };
  "/turn": {
    args: {
      /** Default "". */
      key?: string;
    };
    values: [key?: string];
    data: [out: string];
  };
  "/upd": {
    args: {
      /** Default "". */
      text?: string;
    };
    values: [text?: string];
    data: [out: string];
  };
  "/whoami": {
    args: Record<string, never>;
    values: [];
    data: [json_out: string];
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
//|{"format":1,"title":"Gradio","gradio":"3.50.2","endpoints":[
//|{"name":"/add","text":"","streams":false,"takes":[
//|{"name":"a","type":"float","text":""}
//|,{"name":"b","type":"float","default":10.0,"text":""}
//|,{"name":"op","type":{"choice":["add","sub"]},"default":"add","text":""}
//|],"gives":[
//|["result","float"]
//|]}
//|,{"name":"/await_mark","text":"","streams":false,"takes":[
//|{"name":"key","type":"str","default":"","text":""}
//|,{"name":"name","type":"str","default":"ticks","text":""}
//|,{"name":"times","type":"float","default":1.0,"text":""}
//|,{"name":"patience","type":"float","default":30.0,"text":""}
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/batch_double","text":"","streams":false,"takes":[
//|{"name":"n","type":"float","default":3.0,"text":""}
//|],"gives":[
//|["result","float"]
//|]}
//|,{"name":"/batch_gate","text":"","streams":false,"takes":[
//|{"name":"key","type":"str","default":"","text":""}
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/boom","text":"","streams":false,"takes":[
//|{"name":"text","type":"str","default":"","text":""}
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/chat","text":"","streams":true,"takes":[
//|{"name":"text","type":"str","default":"","text":""}
//|,{"name":"chatbot","type":"any","text":"filepath to JSON file"}
//|],"gives":[
//|["text","str"]
//|,["chatbot","any"]
//|]}
//|,{"name":"/chatlist","text":"","streams":true,"takes":[
//|],"gives":[
//|["chatbot","any"]
//|]}
//|,{"name":"/count","text":"","streams":true,"takes":[
//|{"name":"text","type":"str","default":"","text":""}
//|,{"name":"n","type":"float","default":3.0,"text":""}
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/counter","text":"","streams":false,"takes":[
//|{"name":"n","type":"float","default":3.0,"text":""}
//|],"gives":[
//|["result","float"]
//|]}
//|,{"name":"/echo","text":"","streams":false,"takes":[
//|{"name":"text","type":"str","default":"","text":""}
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/echo_1","text":"","streams":false,"takes":[
//|{"name":"text","type":"str","default":"","text":""}
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/emptygen","text":"","streams":true,"takes":[
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/err","text":"","streams":false,"takes":[
//|{"name":"text","type":"str","default":"","text":""}
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/fast","text":"","streams":false,"takes":[
//|{"name":"text","type":"str","default":"","text":""}
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/fast_boom","text":"","streams":false,"takes":[
//|{"name":"text","type":"str","default":"","text":""}
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/fast_counter","text":"","streams":false,"takes":[
//|{"name":"n","type":"float","default":3.0,"text":""}
//|],"gives":[
//|["result","float"]
//|]}
//|,{"name":"/fast_err","text":"","streams":false,"takes":[
//|{"name":"text","type":"str","default":"","text":""}
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/fast_json","text":"","streams":false,"takes":[
//|{"name":"json_in","type":"any","text":"filepath to JSON file"}
//|],"gives":[
//|["json_out","any"]
//|]}
//|,{"name":"/file_upper","text":"","streams":false,"takes":[
//|{"name":"file","type":"file","text":"filepath on your computer (or URL) of file"}
//|],"gives":[
//|["file_out","file"]
//|]}
//|,{"name":"/files_info","text":"","streams":false,"takes":[
//|{"name":"files","type":{"list":"file"},"text":"List of filepath(s) or URL(s) to file
//|s"}
//|],"gives":[
//|["json_out","any"]
//|]}
//|,{"name":"/framegen","text":"","streams":true,"takes":[
//|],"gives":[
//|["frame","any"]
//|]}
//|,{"name":"/gallery","text":"","streams":false,"takes":[
//|{"name":"image","type":"file","text":"filepath on your computer (or URL) of image"}
//|],"gives":[
//|["gallery",{"list":{"row":["file",{"any":["str","null"]}]}}]
//|]}
//|,{"name":"/gate","text":"","streams":false,"takes":[
//|{"name":"key","type":"str","default":"","text":""}
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/gategen","text":"","streams":true,"takes":[
//|{"name":"key","type":"str","default":"","text":""}
//|,{"name":"n","type":"float","default":3.0,"text":""}
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/gateprogress","text":"","streams":false,"takes":[
//|{"name":"key","type":"str","default":"","text":""}
//|,{"name":"n","type":"float","default":3.0,"text":""}
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/genboom","text":"","streams":true,"takes":[
//|{"name":"n","type":"float","default":3.0,"text":""}
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/generr","text":"","streams":true,"takes":[
//|{"name":"n","type":"float","default":3.0,"text":""}
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/image_flip","text":"","streams":false,"takes":[
//|{"name":"image","type":"file","text":"filepath on your computer (or URL) of image"}
//|],"gives":[
//|["image_out","file"]
//|]}
//|,{"name":"/jsongen","text":"","streams":true,"takes":[
//|],"gives":[
//|["json_out","any"]
//|]}
//|,{"name":"/kitchen","text":"","streams":false,"takes":[
//|{"name":"text","type":"str","default":"","text":""}
//|,{"name":"n","type":"float","default":3.0,"text":""}
//|,{"name":"slider","type":{"number":"float","min":0,"max":100},"default":5,"text":"nu
//|meric value between 0 and 100\nFrom 0 to 100."}
//|,{"name":"check","type":"bool","default":true,"text":""}
//|,{"name":"op","type":{"choice":["add","sub"]},"default":"add","text":""}
//|,{"name":"drop","type":{"choice":["x","y"]},"default":"x","text":"Option from: [(\u0
//|027x\u0027, \u0027x\u0027), (\u0027y\u0027, \u0027y\u0027)]"}
//|,{"name":"multi_drop","type":{"list":{"choice":["p","q","r"]}},"text":"List of optio
//|ns from: [(\u0027p\u0027, \u0027p\u0027), (\u0027q\u0027, \u0027q\u0027), (\u0027r\u
//|0027, \u0027r\u0027)]"}
//|,{"name":"json_in","type":"any","text":"filepath to JSON file"}
//|],"gives":[
//|["json_out","any"]
//|]}
//|,{"name":"/logs","text":"","streams":false,"takes":[
//|{"name":"text","type":"str","default":"","text":""}
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/multi","text":"","streams":false,"takes":[
//|{"name":"text","type":"str","default":"","text":""}
//|],"gives":[
//|["out","str"]
//|,["result","float"]
//|,["label","any"]
//|]}
//|,{"name":"/observe","text":"","streams":false,"takes":[
//|{"name":"key","type":"str","default":"","text":""}
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/open_gate","text":"","streams":false,"takes":[
//|{"name":"key","type":"str","default":"","text":""}
//|,{"name":"times","type":"float","default":1.0,"text":""}
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/ping","text":"","streams":false,"takes":[
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/progress","text":"","streams":false,"takes":[
//|{"name":"n","type":"float","default":3.0,"text":""}
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/samegen","text":"","streams":true,"takes":[
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/slow","text":"","streams":false,"takes":[
//|{"name":"n","type":"float","default":3.0,"text":""}
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/slowgen","text":"","streams":true,"takes":[
//|{"name":"n","type":"float","default":3.0,"text":""}
//|,{"name":"delay","type":"float","default":0.2,"text":""}
//|,{"name":"key","type":"str","default":"","text":""}
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/turn","text":"","streams":false,"takes":[
//|{"name":"key","type":"str","default":"","text":""}
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/upd","text":"","streams":false,"takes":[
//|{"name":"text","type":"str","default":"","text":""}
//|],"gives":[
//|["out","str"]
//|]}
//|,{"name":"/whoami","text":"","streams":false,"takes":[
//|],"gives":[
//|["json_out","any"]
//|]}
//|]}
