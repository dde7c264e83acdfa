/** gradlink for a plain `<script>`: everything is in `globalThis.gradlink`. */

import * as gradlink from "./index.ts";

(globalThis as { gradlink?: unknown }).gradlink = { ...gradlink };
