/** What an app that wants a login is answered with. */

/** Text of the error for an app that wants a login; Gradio's own page compares with it. */
export const MISSING_CREDENTIALS_MSG =
  "The app wants a login: connect with the credentials auth: [username, password].";
