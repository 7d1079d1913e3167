import { expect, it } from "vitest";
import { onCpu, processorsIn } from "./placement.ts";

it("processors are read from a list as the kernel writes it", () => {
  expect(processorsIn("0")).toEqual([0]);
  expect(processorsIn("0-2,5,8-9")).toEqual([0, 1, 2, 5, 8, 9]);
  expect(processorsIn("")).toEqual([]);
});

it("a command is kept on a processor only where one was chosen", () => {
  expect(onCpu(1)).toEqual(["taskset", "-c", "1"]);
  expect(onCpu(undefined)).toEqual([]);
});
