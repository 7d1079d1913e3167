import { withName } from "./attributed.ts";
import type { ImplementationName } from "./implementations.ts";
import { openFilesLimit } from "./limits.ts";
import type { BenchOptions } from "./options.ts";
import type { Placement } from "./placement.ts";
import { type Result, summarise } from "./report/statistics.ts";
import type { Group } from "./scenarios/groups.ts";
import {
  type Figure,
  FULL,
  type Pace,
  type Scale,
  type SideBySide,
  SHORT,
  type Step,
} from "./scenarios/scenario.ts";
import { measure, perUnit, type Spent, warmUp } from "./scenarios/slice.ts";
import { type Launch, RemoteSubject } from "./remote-subject.ts";

/** One figure for each scenario of a group. */
type Round = Map<ImplementationName, Figure[]>;

/** Settings of a whole run. */
interface Context {
  readonly scale: Scale;
  readonly launch: Launch;
  readonly pace: Pace;
  readonly progress: (text: string) => void;
}

/** A subject of a side-by-side scenario, ready to work. */
interface Contender {
  readonly name: ImplementationName;
  readonly subject: RemoteSubject;
  readonly workload: { work(milliseconds: number): Promise<number>; end(): void };
  readonly slices: Spent[];
}

async function setUp(
  scenario: SideBySide,
  names: readonly ImplementationName[],
  context: Context,
): Promise<Contender[]> {
  const subjects = await Promise.all(
    names.map((name) => withName(name, RemoteSubject.start(name, context.launch))),
  );
  const stands: Contender[] = [];
  for (const [index, name] of names.entries()) {
    const subject = subjects[index];
    if (subject === undefined) continue;
    const workload = await withName(name, scenario.prepare(subject, context.pace));
    stands.push({ name, subject, workload, slices: [] });
  }
  return stands;
}

/**
 * Runs slices in turn, alternating forwards and backwards, so that a drift of the machine's speed
 * cancels out.
 */
async function sideBySide(
  scenario: SideBySide,
  names: readonly ImplementationName[],
  context: Context,
): Promise<Round> {
  const stands = await setUp(scenario, names, context);
  const warmth = context.scale.warmUp * (scenario.coldness ?? 1);
  for (const { name, subject, workload } of stands) await withName(name, warmUp(subject, workload, warmth));
  for (let slice = 0; slice < context.scale.slices; slice++) {
    for (const { name, subject, workload, slices } of slice % 2 === 0 ? stands : stands.toReversed()) {
      slices.push(await withName(name, measure(subject, workload, context.scale.slice)));
    }
  }
  for (const { workload } of stands) workload.end();
  await Promise.all(stands.map(({ subject }) => subject.stop()));
  return new Map(stands.map(({ name, slices }) => [name, [perUnit(slices)]]));
}

async function climbOne(
  name: ImplementationName,
  { family }: Step,
  sizes: readonly number[],
  { launch, scale }: Context,
): Promise<Figure[]> {
  const subject = await RemoteSubject.start(name, launch);
  const figures: Figure[] = [];
  for await (const figure of family.climb(subject, sizes, scale)) figures.push(figure);
  await subject.stop();
  return figures;
}

/**
 * Runs one implementation after the other, so that only one has thousands of connections at a time.
 */
async function climb(
  [first, ...more]: readonly [Step, ...Step[]],
  names: readonly ImplementationName[],
  context: Context,
): Promise<Round> {
  const sizes = [first, ...more].map(({ connections }) => connections);
  const round: Round = new Map();
  for (const name of names) {
    context.progress(`${first.family.name} · ${name}`);
    round.set(name, await withName(name, climbOne(name, first, sizes, context)));
  }
  return round;
}

function isSideBySide(group: Group): group is readonly [SideBySide] {
  return group[0].kind === "side by side";
}

/**
 * Number of files that the load must be able to open: sockets, and a reserve for itself and its
 * children.
 */
function openFiles(group: Group, names: readonly ImplementationName[]): number {
  const most = Math.max(...group.map(({ connections }) => connections));
  return 100 + (isSideBySide(group) ? most * names.length : most);
}

/**
 * Runs the scenarios, each round with fresh processes, and yields the results of each group when
 * they are complete.
 */
export async function* run(
  chosen: readonly Group[],
  options: BenchOptions,
  placement: Placement | undefined,
  progress: (text: string) => void,
): AsyncGenerator<Result[]> {
  const scale = options.short ? SHORT : FULL;
  const launch = { node: options.node, cpu: placement?.subject };
  for (const group of chosen) {
    const names = options.implementations.filter((name) => group[0].implementations.includes(name));
    if (names.length === 0) continue;
    const title = group.map(({ name }) => name).join(" · ");
    if (openFiles(group, names) > openFilesLimit()) {
      progress(`left out: ${title}: it needs ulimit -n ${openFiles(group, names)}`);
      continue;
    }
    const rounds: Round[] = [];
    for (let round = 1; round <= options.rounds; round++) {
      const tell = (text: string) => {
        progress(`round ${round} of ${options.rounds} · ${text}`);
      };
      tell(title);
      const context = { scale, launch, pace: options.pace, progress: tell };
      rounds.push(
        isSideBySide(group) ? await sideBySide(group[0], names, context) : await climb(group, names, context),
      );
    }
    yield summarise(group, rounds);
  }
}
