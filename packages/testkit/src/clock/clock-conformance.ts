import type { Alarm, Clock, Flushable } from "@skein/engine";
import { describe, expect, it } from "vitest";

/** A clock and the means to advance it. */
export interface ClockHarness {
  create(): Clock;
  /** Lets this many milliseconds pass and runs everything that becomes due. */
  pass(clock: Clock, milliseconds: number): void | Promise<void>;
  /** Lets the current turn of the event loop end. */
  endTurn(clock: Clock): void | Promise<void>;
}

/** Maximum delay of an alarm in milliseconds: no clock under test is coarser. */
const RESOLUTION = 20;

class Recorder {
  readonly calls: string[] = [];

  alarm(name: string, then?: () => void): Alarm {
    return {
      ring: () => {
        this.calls.push(name);
        then?.();
      },
    };
  }

  flushable(name: string, then?: () => void): Flushable {
    return {
      flush: () => {
        this.calls.push(name);
        then?.();
      },
    };
  }
}

/** Tests of the guarantees of every clock for the connections that it drives. */
export function clockConformance(name: string, harness: ClockHarness): void {
  describe(`${name} as a clock`, () => {
    alarmSuite(harness);
    turnSuite(harness);
  });
}

function alarmSuite({ create, pass }: ClockHarness): void {
  it("never goes backwards", async () => {
    const clock = create();
    const before = clock.now();
    await pass(clock, 50);
    expect(clock.now()).toBeGreaterThanOrEqual(before + 50);
  });

  it("rings at or after the armed time, never early, and tells the time", async () => {
    const clock = create();
    const at = clock.now() + 100;
    const heard: number[] = [];
    clock.arm({ ring: (now) => heard.push(now) }, at);
    await pass(clock, 99);
    expect(heard).toEqual([]);
    await pass(clock, 1 + RESOLUTION);
    expect(heard).toHaveLength(1);
    expect(heard[0]).toBeGreaterThanOrEqual(at);
  });

  it("rings once for each arming, at the time of the last", async () => {
    const clock = create();
    const recorder = new Recorder();
    const alarm = recorder.alarm("moved");
    clock.arm(alarm, clock.now() + 50);
    clock.arm(alarm, clock.now() + 400);
    await pass(clock, 200);
    expect(recorder.calls).toEqual([]);
    await pass(clock, 200 + RESOLUTION);
    await pass(clock, 1000);
    expect(recorder.calls).toEqual(["moved"]);
  });

  it("rings earlier when an alarm is armed again for an earlier time", async () => {
    const clock = create();
    const recorder = new Recorder();
    const alarm = recorder.alarm("earlier");
    clock.arm(alarm, clock.now() + 1000);
    clock.arm(alarm, clock.now() + 50);
    await pass(clock, 50 + RESOLUTION);
    expect(recorder.calls).toEqual(["earlier"]);
  });

  it("does not ring what was disarmed, and lets a stranger be disarmed", async () => {
    const clock = create();
    const recorder = new Recorder();
    const alarm = recorder.alarm("disarmed");
    clock.disarm(recorder.alarm("stranger"));
    clock.arm(alarm, clock.now() + 50);
    clock.disarm(alarm);
    await pass(clock, 200);
    expect(recorder.calls).toEqual([]);
  });

  it("takes an alarm that is armed again while it rings", async () => {
    const clock = create();
    const recorder = new Recorder();
    const alarm = recorder.alarm("beat", () => {
      if (recorder.calls.length < 3) clock.arm(alarm, clock.now() + 30);
    });
    clock.arm(alarm, clock.now() + 30);
    await pass(clock, 90 + 3 * RESOLUTION);
    expect(recorder.calls).toEqual(["beat", "beat", "beat"]);
  });
}

function turnSuite({ create, endTurn }: ClockHarness): void {
  it("flushes at the end of the turn, in the order of asking, and only once", async () => {
    const clock = create();
    const recorder = new Recorder();
    clock.atTurnEnd(recorder.flushable("first"));
    clock.atTurnEnd(recorder.flushable("second"));
    expect(recorder.calls).toEqual([]);
    await endTurn(clock);
    await endTurn(clock);
    expect(recorder.calls).toEqual(["first", "second"]);
  });

  it("flushes what was asked for during a flush in a later turn", async () => {
    const clock = create();
    const recorder = new Recorder();
    const again = recorder.flushable("again");
    clock.atTurnEnd(recorder.flushable("first", () => clock.atTurnEnd(again)));
    await endTurn(clock);
    expect(recorder.calls).toEqual(["first"]);
    await endTurn(clock);
    expect(recorder.calls).toEqual(["first", "again"]);
  });
}
