import { BROADCASTS, growth } from "./broadcasts.ts";
import { CODEC_TASKS } from "./codecs.ts";
import { idle, VISITS } from "./connections.ts";
import { REQUESTS } from "./requests.ts";
import { ROOMS } from "./rooms.ts";
import type { Pace, Scale, Scenario, SideBySide, Step } from "./scenario.ts";

/**
 * Scenarios that are measured together: one scenario for all implementations, or the steps of one
 * family.
 */
export type Group = readonly [SideBySide] | readonly [Step, ...Step[]];

function all(scale: Scale): Scenario[] {
  return [
    ...REQUESTS,
    ...BROADCASTS,
    ...ROOMS,
    ...VISITS,
    ...idle(scale.idle),
    ...growth(scale.growth),
    ...CODEC_TASKS,
  ];
}

function grouped(scenarios: readonly Scenario[]): Group[] {
  const found: Group[] = [];
  for (const scenario of scenarios) {
    const last = found.at(-1);
    if (scenario.kind === "side by side") found.push([scenario]);
    else if (last?.[0].kind === "step" && last[0].family === scenario.family) {
      found[found.length - 1] = [...(last as readonly [Step, ...Step[]]), scenario];
    } else found.push([scenario]);
  }
  return found;
}

/** The scenario without aims that are meant for another pace. */
function atPace(scenario: Scenario, pace: Pace): Scenario {
  return (scenario.aimedPace ?? pace) === pace ? scenario : { ...scenario, aims: [] };
}

/**
 * Returns the scenarios whose names contain one of the texts, or all; throws an Error that lists
 * all names if none matches.
 */
export function groups(scale: Scale, only: readonly string[], pace: Pace): Group[] {
  const scenarios = all(scale).map((scenario) => atPace(scenario, pace));
  const chosen = scenarios.filter(
    ({ name }) => only.length === 0 || only.some((text) => name.includes(text)),
  );
  if (chosen.length === 0) {
    throw new Error(
      `no scenario has such a name; there are:\n${scenarios.map(({ name }) => `  ${name}`).join("\n")}`,
    );
  }
  return grouped(chosen);
}
