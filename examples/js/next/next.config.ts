import type { NextConfig } from "next";

const config: NextConfig = {
  // Bundled, gradlink is there twice, for actions and for route handlers, and the errors of one are none of the other.
  serverExternalPackages: ["gradlink"],
  // Next takes files of up to 1 MB, and for a larger one it shows an error in the place of the page.
  experimental: { serverActions: { bodySizeLimit: "20mb" } },
};

export default config;
