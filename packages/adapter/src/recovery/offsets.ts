const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

/**
 * Creates offsets in the stream of packets: the time in milliseconds in base 64, with a suffix for
 * further ones of the same millisecond (socketio-protocol, "Offsets"). Offsets never repeat, even
 * if the clock goes back.
 */
export class OffsetSequence {
  #last = -1;
  #repeats = 0;

  next(now: number): string {
    const time = Math.floor(now);
    if (time > this.#last) {
      this.#last = time;
      this.#repeats = 0;
      return inDigits(time);
    }
    const suffix = inDigits(this.#repeats);
    this.#repeats += 1;
    return `${inDigits(this.#last)}.${suffix}`;
  }
}

function inDigits(value: number): string {
  let rest = value;
  let digits = "";
  do {
    digits = DIGITS.charAt(rest % DIGITS.length) + digits;
    rest = Math.floor(rest / DIGITS.length);
  } while (rest > 0);
  return digits;
}
