/**
 * Calls that wait for the next tick: one tick for all of a turn, because a tick costs more than most calls. They are made
 * in the order in which they were asked for, and one that throws does not keep the others from being made.
 */
export class NextTick<Subject, Item> {
  readonly #call: (subject: Subject, item: Item) => void;
  #subjects: Subject[] = [];
  #items: Item[] = [];

  constructor(call: (subject: Subject, item: Item) => void) {
    this.#call = call;
  }

  put(subject: Subject, item: Item): void {
    this.#subjects.push(subject);
    if (this.#items.push(item) === 1) process.nextTick(this.#run);
  }

  readonly #run = (): void => {
    const subjects = this.#subjects;
    const items = this.#items;
    this.#subjects = [];
    this.#items = [];
    let begun = 0;
    try {
      while (begun < items.length) {
        const at = begun++;
        this.#call(subjects[at] as Subject, items[at] as Item);
      }
    } finally {
      if (begun < items.length) this.#putFirst(subjects.slice(begun), items.slice(begun));
    }
  };

  #putFirst(subjects: Subject[], items: Item[]): void {
    if (this.#items.length === 0) process.nextTick(this.#run);
    this.#subjects = [...subjects, ...this.#subjects];
    this.#items = [...items, ...this.#items];
  }
}
