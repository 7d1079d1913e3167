import type { io as connect, Socket } from "socket.io-client";
import {
  type ClientToServerEvents,
  type Draft,
  LIMITS,
  PICTURE_TYPES,
  type ServerToClientEvents,
} from "../events.ts";
import * as view from "./view.ts";

/** The official client, loaded from the server by its own script tag. */
declare const io: typeof connect;

const ROOMS = ["Lobby", "Garden", "Workshop"];
const ANSWER_TIMEOUT = 10_000;
const TYPING_SIGN_EVERY = 1000;
const TYPING_SIGN_LASTS = 3000;

const me = { name: "", room: "" };

// The function is called at every connection, so a reconnecting page returns to its last room.
const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io({
  autoConnect: false,
  auth: (answer) => answer(me),
});

const field = (id: string): HTMLInputElement => view.find(id, HTMLInputElement);
const form = (id: string): HTMLFormElement => view.find(id, HTMLFormElement);
const text = field("text");
const problem = view.find("problem", HTMLParagraphElement);
const refusal = view.find("refusal", HTMLParagraphElement);

/* Entering and changing rooms */

field("name").value = localStorage.getItem("name") ?? "";
field("first-room").value = new URLSearchParams(location.hash.slice(1)).get("room") ?? "Lobby";

form("join").addEventListener("submit", (event) => {
  event.preventDefault();
  me.name = field("name").value.trim();
  me.room = field("first-room").value.trim();
  localStorage.setItem("name", me.name);
  refusal.textContent = "";
  socket.connect();
});

form("move").addEventListener("submit", (event) => {
  event.preventDefault();
  const room = field("other-room").value.trim();
  field("other-room").value = "";
  if (room !== "") move(room);
});

function move(room: string): void {
  me.room = room;
  view.forgetMessages();
  if (socket.connected) socket.emit("move", room);
}

socket.on("entered", (room, history) => {
  me.room = room;
  location.hash = new URLSearchParams({ room }).toString();
  view.find("welcome", HTMLElement).hidden = true;
  view.find("chat", HTMLDivElement).hidden = false;
  view.showRooms([...new Set([...ROOMS, room])], room, move);
  view.showHistory(history, isMine);
  view.showTyping([]);
  text.focus();
});

socket.on("people", (people) => view.showPeople(people, socket.id));

/* The connection */

socket.on("connect", () => {
  const { engine } = socket.io;
  view.showBadge("online", engine.transport.name);
  engine.on("upgrade", (transport) => view.showBadge("online", transport.name));
});

socket.on("disconnect", (reason) => {
  if (socket.active) view.showBadge("waiting", "reconnecting");
  else view.showBadge("offline", reason);
});

socket.io.on("reconnect_attempt", (attempt) => view.showBadge("waiting", `reconnecting (${attempt})`));

socket.on("connect_error", (error) => {
  // An active socket retries by itself; otherwise the server has refused the connection.
  if (!socket.active) refusal.textContent = error.message;
  else if (me.room !== "") refusal.textContent = "The server can't be reached. Trying again…";
});

/* Messages */

/** Identifies the messages of this tab, even after a reload. */
const tab = sessionStorage.getItem("tab") ?? Math.random().toString(36).slice(2);
sessionStorage.setItem("tab", tab);
let drafts = 0;

function isMine(id: string): boolean {
  return id.startsWith(`${tab}.`);
}

function say(content: Omit<Draft, "id">): void {
  drafts += 1;
  const draft = { id: `${tab}.${Date.now().toString(36)}.${drafts}`, ...content };
  send(draft, view.showMessage({ ...draft, at: Date.now() }, true));
}

function send(draft: Draft, item: HTMLElement): void {
  const again = (): void => send(draft, item);
  view.showDelivery(item, { state: "sent" });
  socket.timeout(ANSWER_TIMEOUT).emit("say", draft, (late, receipt) => {
    if (late) view.showDelivery(item, { state: "failed", reason: "The server did not answer.", again });
    else if (receipt.ok) view.showDelivery(item, { state: "delivered", ...receipt });
    else view.showDelivery(item, { state: "failed", reason: receipt.reason, again });
  });
}

socket.on("message", (message, confirm) => {
  confirm(true);
  view.showMessage(message, isMine(message.id));
  for (const [id, { name }] of typists) if (name === message.name) stopTyping(id);
});

form("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const content = text.value.trim();
  text.value = "";
  if (content !== "") say({ text: content });
});

/* Pictures */

field("picture").addEventListener("change", () => {
  const file = field("picture").files?.[0];
  field("picture").value = "";
  if (file !== undefined) void sayPicture(file);
});

text.addEventListener("paste", (event) => {
  const file = event.clipboardData?.files[0];
  if (file !== undefined) void sayPicture(file);
});

async function sayPicture(file: File): Promise<void> {
  problem.textContent = "";
  if (!PICTURE_TYPES.includes(file.type)) {
    problem.textContent = "Only PNG, JPEG, GIF and WebP pictures can be sent.";
  } else if (file.size > LIMITS.picture) {
    const limit = LIMITS.picture / 1024 / 1024;
    problem.textContent = `This picture has ${(file.size / 1024 / 1024).toFixed(1)} MB, more than the ${limit} MB that can be sent.`;
  } else {
    say({ text: "", picture: { type: file.type, bytes: await file.arrayBuffer() } });
  }
}

/* Typing signs */

let lastSign = 0;
const typists = new Map<string, { name: string; timer: number }>();

text.addEventListener("input", () => {
  problem.textContent = "";
  if (Date.now() - lastSign < TYPING_SIGN_EVERY) return;
  lastSign = Date.now();
  socket.volatile.emit("typing");
});

socket.on("typing", ({ id, name }) => {
  clearTimeout(typists.get(id)?.timer);
  typists.set(id, { name, timer: window.setTimeout(() => stopTyping(id), TYPING_SIGN_LASTS) });
  showTypists();
});

function stopTyping(id: string): void {
  clearTimeout(typists.get(id)?.timer);
  typists.delete(id);
  showTypists();
}

function showTypists(): void {
  view.showTyping([...typists.values()].map(({ name }) => name));
}
