// Intentional differences between implementations, by layer: test names and reasons.

type Differences = Readonly<Record<string, string>>;

const reported = "errors of the application are reported, and leave the process alone";
const early = "a question with a timeout fails as soon as the client has left";

/** What Skein does not share with the reference in any case. */
export const alwaysDifferent: Differences = {
  "an event while a middleware still decides closes the connection":
    "the event is dropped: one namespace's delay should not cost the client the others",
};

/** What Skein does otherwise than the reference unless it is `strict`. */
export const differences: Differences = {
  ...alwaysDifferent,
  "a timeout is reported even when the client is gone": early,
  "what a listener throws is an uncaught exception": reported,
  "what a listener rejects with is an unhandled rejection": reported,
  "what a connection listener throws is an uncaught exception": reported,
  "what a disconnect listener throws is an uncaught exception": reported,
  "what a middleware throws reaches the process": reported,
  "what a middleware rejects with is an unhandled rejection": reported,
  "what a socket middleware throws is an uncaught exception": reported,
  "what an acknowledgement callback throws is an uncaught exception": reported,
};

const crashes = "socket.io lets the exception end the process";

/** The published `socket.io`, whatever it runs on. */
export const socketIo: Differences = {
  "a listener that throws does not end the process": crashes,
  "a listener that rejects does not end the process": crashes,
  "a connection listener that throws does not end the process": crashes,
  "a disconnect listener that throws does not keep the socket from being cleaned up": crashes,
  "a middleware that throws refuses the client": crashes,
  "a middleware that rejects refuses the client": crashes,
  "a socket middleware that throws refuses the event": crashes,
  "an acknowledgement callback that throws does not end the process": crashes,
  "a client that omits the acknowledgement a listener calls does not end the process": crashes,
  "next called twice counts once": "socket.io runs what follows a second time",
  "a second CONNECT while a middleware decides makes no second socket":
    "socket.io makes a socket for every CONNECT",
  "an event for a namespace that is still being joined is dropped, not the connection":
    "socket.io closes the connection, and with it the client's other namespaces",
  "a question with a timeout fails as soon as the client has left": "socket.io waits until the time is up",
  "one connection can't be in namespaces without limit": "socket.io has no limit",
  "what is sent while a middleware decides reaches a recovered client, in order":
    "socket.io reads what was missed before it asks the middlewares",
  "a disconnected socket sends nothing more": "socket.io still sends what is emitted on it",
  "a broadcast by a parent namespace gives each event one offset":
    "socket.io adds an offset for each child to the same event",
  "namespaces can be asked without naming a timeout, and reject at once":
    "socket.io has emitWithAck on operators only",
  "the listener given to of() hears of connections also where a pattern matches":
    "socket.io ignores the listener then",
  "what a parent does with its sockets, or asks them, reaches those of every child":
    "socket.io's parents do nothing but emit",
  "a socket has no listeners but the application's": "socket.io listens to error on every socket",
  "a server that was never attached can be closed": "socket.io rejects with a TypeError",
};

const busyForTheTurn = "engine.io on Node takes one message, and is not writable for the rest of the turn";
const readLater = "engine.io on Node reads an attachment when the transport gets to write it";
const dropped = "engine.io drops what its transport has not taken when it is closed";

/** The published `engine.io`, under whatever server. */
export const engineIo: Differences = {
  "all that is emitted arrives before the server is closed, in its order": dropped,
  "large events with attachments arrive whole before the server is closed": dropped,
  "what waits for the next poll of a client arrives with it before the server is closed": dropped,
  "a WebSocket close packet ends the session": "engine.io ignores it until the ping timeout",
  "a client that upgrades before it has answered a ping, and falls silent, is a ping timeout":
    "engine.io loses the heartbeat in the upgrade",
  "an upgrade is refused where upgrades are not allowed": "engine.io only hides them from the handshake",
  "an option that is undefined means its default": "engine.io takes undefined for the value",
  "volatile events of one turn all reach a client that is ready for them": busyForTheTurn,
  "a volatile event behind others of its turn reaches a client that is ready for it": busyForTheTurn,
  "an attachment whose memory is written over right after emit arrives as it was": readLater,
  "an attachment whose memory is transferred right after emit arrives as it was": readLater,
  "one buffer can be filled for each event of a turn": readLater,
};

/** The published `socket.io-parser`, under whatever server. */
export const socketIoParser: Differences = {
  "an attachment whose memory was transferred is refused by emit, and the connection goes on":
    "socket.io-parser hands it on, which is sent as no bytes or ends the process",
  "a placeholder with a fraction is an error and closes that client's connection only":
    "socket.io-parser puts undefined in its place",
  "a key that would reach a prototype reaches no listener": "socket.io-parser hands it on",
  "a Blob is refused by emit, and the connection goes on":
    "socket.io-parser announces an attachment that is never sent",
  "an acknowledgement id that is no safe integer is a protocol error":
    "socket.io-parser reads it as another id than the client sent",
};

/** The published `socket.io-adapter`, under whatever server. */
export const socketIoAdapter: Differences = {
  "a client that never had an event is recovered too": "socket.io-adapter asks for the offset of an event",
  "of two connections with one session the newest wins, and the old one ends":
    "socket.io-adapter gives a session that is presented twice to both connections",
};

/** The published `socket.io-parser` under the published `socket.io`. */
export const nothingCatches: Differences = {
  "deeply nested data that is echoed to everybody does not end the process": crashes,
  "an event without a payload is an error and closes that client's connection only":
    "socket.io raises an event without a name",
};
