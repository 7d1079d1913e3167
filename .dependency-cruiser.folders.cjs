/** The arrows between folders, without those of tests: the testkit, which tests import, itself imports most packages. */

const { options } = require("./.dependency-cruiser.cjs");

const TESTS = "\\.(test|fixtures)\\.ts$|^(packages|apps)/[^/]+/test/";

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-folder-cycle",
      comment: "Folders that import each other are one concept in two places.",
      severity: "error",
      scope: "folder",
      from: {},
      to: { circular: true },
    },
  ],
  options: { ...options, exclude: { path: `${options.exclude.path}|${TESTS}` } },
};
