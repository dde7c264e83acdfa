// Each of the last four lines is an error: the types are not there for show.

import { Client } from "gradlink";

declare const app: Client;
Client.connect(5);
app.predict();
app.submit("/x", 5);
export const answer: string = app.predict("/x");
