import { defineConfig } from "tsup";
import { library } from "../../tsup.config.base.ts";

// `import.meta.url` must mean the same in both builds: the client files are found by it.
export default defineConfig({ ...library, shims: true });
