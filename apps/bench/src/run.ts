import type { BenchOptions } from "./options.ts";
import type { ImplementationName } from "./protocol.ts";
import { compare, type Summary, summarise } from "./report/statistics.ts";
import { BROADCASTS, growth } from "./scenarios/broadcasts.ts";
import { comingAndGoing } from "./scenarios/connections.ts";
import { REQUESTS } from "./scenarios/requests.ts";
import { type Figure, FULL, type Scale, type Scenario, SHORT } from "./scenarios/scenario.ts";
import { ServerHandle } from "./server-handle.ts";

function chosen(options: BenchOptions, scale: Scale): Scenario[] {
  const all = [...REQUESTS, ...BROADCASTS, ...comingAndGoing(scale), ...growth(scale)];
  return all.filter(
    ({ name }) => options.only.length === 0 || options.only.some((text) => name.includes(text)),
  );
}

async function once(
  scenario: Scenario,
  implementation: ImplementationName,
  scale: Scale,
  node: string,
): Promise<Figure> {
  const server = await ServerHandle.start(implementation, node);
  try {
    return await scenario.run(server, scale);
  } finally {
    await server.stop();
  }
}

/** Runs the scenarios, each round of each implementation in a fresh server process, rounds interleaved. */
export async function run(options: BenchOptions, progress: (text: string) => void): Promise<Summary[]> {
  const scale = options.short ? SHORT : FULL;
  const summaries: Summary[] = [];
  for (const scenario of chosen(options, scale)) {
    const implementations = options.implementations.filter((name) => scenario.applies(name));
    const figures = new Map<ImplementationName, Figure[]>(implementations.map((name) => [name, []]));
    for (let round = 1; round <= options.rounds; round++) {
      for (const [implementation, rounds] of figures) {
        progress(`${scenario.name} · round ${round} of ${options.rounds} · ${implementation}`);
        rounds.push(await once(scenario, implementation, scale, options.node));
      }
    }
    const block = [...figures].map(([name, rounds]) => summarise(scenario, name, rounds));
    compare(block);
    summaries.push(...block);
  }
  return summaries;
}
