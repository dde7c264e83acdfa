/** What an app that requires a login is answered with. */

/** Text of the error for an app that requires a login; Gradio's own page compares with it. */
export const MISSING_CREDENTIALS_MSG =
  "Login required: connect with the credentials auth: [username, password].";
