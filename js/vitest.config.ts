import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// The tests import "gradlink". GRADLINK_SUBJECT=@gradio/client plays them against the existing client instead,
// which shows that a test of a defect can fail.
const subject = process.env["GRADLINK_SUBJECT"];
const testing = fileURLToPath(new URL("src/testing.ts", import.meta.url));
const source = fileURLToPath(new URL("src/index.node.ts", import.meta.url));

export default defineConfig({
  resolve: { alias: { "gradlink/testing": testing, gradlink: subject ?? source } },
  test: {
    include: ["tests/**/*.test.ts"],
    exclude: ["tests/types/consumers/**", "**/node_modules/**"],
    // Servers are processes of their own, and start slowly on a busy machine.
    testTimeout: 30_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
    globalSetup: ["tests/server/setup.ts"],
  },
});
