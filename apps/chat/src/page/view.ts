import type { Draft, Message, Person, Picture } from "../events.ts";

/** User-written text is shown with `textContent`: it is text, never markup. */

export type Delivery =
  | { state: "sent" }
  | { state: "kept" }
  | { state: "delivered"; reached: number; others: number }
  | { state: "failed"; reason: string; again: () => void };

export function find<Element extends HTMLElement>(id: string, type: new () => Element): Element {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`the page has no ${type.name} with the id ${id}`);
  return element;
}

const messages = find("messages", HTMLOListElement);

export function showMessage(message: Message | (Draft & { at: number }), isMine: boolean): HTMLElement {
  const item = make("li", isMine ? "message mine" : "message");
  item.dataset["id"] = message.id;
  const bubble = make("div", "bubble");
  if ("name" in message && !isMine) {
    item.append(avatar(message.name));
    bubble.append(named(make("div", "name", message.name), message.name));
  }
  if (message.picture !== undefined) bubble.append(pictureElement(message.picture));
  if (message.text !== "") bubble.append(make("div", "text", message.text));
  bubble.append(foot(message.at));
  item.append(bubble);
  keepingTheEndInView(() => messages.append(item));
  return item;
}

/** Shows the ticks of a message: one for a sent message, two for a confirmed one. */
export function showDelivery(item: HTMLElement, delivery: Delivery): void {
  const ticks = item.querySelector(".ticks");
  if (ticks === null) return;
  const [sign, meaning] = describe(delivery);
  ticks.textContent = sign;
  ticks.setAttribute("title", meaning);
  ticks.setAttribute("aria-label", meaning);
  item.dataset["delivery"] = delivery.state;
  item.classList.toggle("failed", delivery.state === "failed");
  item.querySelector(".again")?.remove();
  if (delivery.state !== "failed") return;
  const again = make("button", "again", "Send again");
  again.addEventListener("click", delivery.again);
  ticks.before(again);
}

export function showHistory(history: readonly Message[], isMine: (id: string) => boolean): void {
  // Messages that are pending or failed are not in the history yet.
  const known = new Set(history.map(({ id }) => id));
  const unconfirmed = [...messages.children].filter(
    (item) =>
      item instanceof HTMLElement &&
      ["sent", "failed"].includes(item.dataset["delivery"] ?? "") &&
      !known.has(item.dataset["id"] ?? ""),
  );
  messages.replaceChildren();
  for (const message of history) {
    const item = showMessage(message, isMine(message.id));
    if (isMine(message.id)) showDelivery(item, { state: "kept" });
  }
  messages.append(...unconfirmed);
  messages.scrollTop = messages.scrollHeight;
}

export function forgetMessages(): void {
  messages.replaceChildren();
}

export function showPeople(people: readonly Person[], ownId: string | undefined): void {
  find("count", HTMLSpanElement).textContent = String(people.length);
  find("people", HTMLUListElement).replaceChildren(
    ...people.map(({ id, name }) => {
      const item = make("li", "person");
      item.append(avatar(name), make("span", "", id === ownId ? `${name} (you)` : name));
      return item;
    }),
  );
}

export function showRooms(rooms: readonly string[], current: string, move: (room: string) => void): void {
  find("room", HTMLHeadingElement).textContent = current;
  find("rooms", HTMLUListElement).replaceChildren(
    ...rooms.map((room) => {
      const button = make("button", "", room);
      if (room === current) button.setAttribute("aria-current", "true");
      button.addEventListener("click", () => move(room));
      const item = make("li");
      item.append(button);
      return item;
    }),
  );
}

export function showBadge(state: "online" | "waiting" | "offline", text: string): void {
  const badge = find("badge", HTMLSpanElement);
  badge.dataset["state"] = state;
  badge.textContent = text;
}

export function showTyping(names: readonly string[]): void {
  const line = find("typing", HTMLParagraphElement);
  if (names.length > 2) line.textContent = "Several people are typing…";
  else if (names.length > 0)
    line.textContent = `${names.join(" and ")} ${names.length > 1 ? "are" : "is"} typing…`;
  else line.textContent = "";
}

function describe(delivery: Delivery): [sign: string, meaning: string] {
  switch (delivery.state) {
    case "sent":
      return ["✓", "Sent"];
    case "kept":
      return ["✓✓", "The server has it"];
    case "failed":
      return ["!", delivery.reason];
    case "delivered": {
      const { reached, others } = delivery;
      if (others === 0) return ["✓✓", "The server has it, and nobody else is here"];
      return ["✓✓", `Delivered to ${reached} of ${others}`];
    }
  }
}

function pictureElement({ type, bytes }: Picture): HTMLImageElement {
  const image = make("img", "picture");
  image.alt = "A picture";
  image.src = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type }));
  image.addEventListener("load", () => {
    keepingTheEndInView(() => URL.revokeObjectURL(image.src), image.height);
  });
  return image;
}

function foot(at: number): HTMLElement {
  const line = make("div", "foot");
  const time = make("time", "", new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  time.dateTime = new Date(at).toISOString();
  line.append(time, make("span", "ticks"));
  return line;
}

function avatar(name: string): HTMLElement {
  const circle = named(make("span", "avatar", Array.from(name)[0]?.toUpperCase()), name);
  circle.setAttribute("aria-hidden", "true");
  return circle;
}

/** Sets the colour of a name. */
function named<Element extends HTMLElement>(element: Element, name: string): Element {
  const hue = Array.from(name).reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7);
  element.style.setProperty("--hue", String(hue));
  return element;
}

function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = "",
  text = "",
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  element.textContent = text;
  return element;
}

/**
 * Scrolls to the end with new content, unless the reader has scrolled back. `grown` is the height
 * already added.
 */
function keepingTheEndInView(change: () => void, grown = 0): void {
  const below = messages.scrollHeight - messages.scrollTop - messages.clientHeight;
  change();
  if (below < grown + 80) messages.scrollTop = messages.scrollHeight;
}
