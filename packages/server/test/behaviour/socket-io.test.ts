import { Server } from "socket.io";
import { behaviourOf } from "./behaviour.ts";
import { onNode } from "./on-node.ts";

const crashes = "socket.io lets the exception end the process";

/** The published server: it proves that the suite states what its users rely on. */
behaviourOf({
  name: "socket.io",
  start: onNode((http, options) => new Server(http, options)),
  knownDifferences: {
    "a listener that throws does not end the process": crashes,
    "a listener that rejects does not end the process": crashes,
    "a connection listener that throws does not end the process": crashes,
    "a disconnect listener that throws does not keep the socket from being cleaned up": crashes,
    "a middleware that throws refuses the client": crashes,
    "a middleware that rejects refuses the client": crashes,
    "a socket middleware that throws refuses the event": crashes,
    "an acknowledgement callback that throws does not end the process": crashes,
    "a client that omits the acknowledgement a listener calls does not end the process": crashes,
    "deeply nested data that is echoed to everybody does not end the process": crashes,
    "a placeholder with a fraction is an error and closes that client's connection only":
      "socket.io puts undefined in its place",
    "a key that would reach a prototype reaches no listener": "socket.io hands it on",
    "next called twice counts once": "socket.io runs what follows a second time",
    "a second CONNECT while a middleware decides makes no second socket":
      "socket.io makes a socket for every CONNECT",
    "an acknowledgement id that is no safe integer is a protocol error":
      "socket.io answers with an id the client never sent",
    "an event for a namespace that is still being joined is dropped, not the connection":
      "socket.io closes the connection, and with it the client's other namespaces",
    "who waits for an answer is told as soon as the client has left":
      "socket.io waits for the timeout, or for ever without one",
    "one connection can't be in namespaces without limit": "socket.io has no limit",
    "a disconnected socket sends nothing more": "socket.io still sends what is emitted on it",
    "a session that was recovered cannot be recovered a second time":
      "socket.io keeps the session, and two connections share one id",
    "a broadcast by a parent namespace gives each event one offset":
      "socket.io adds an offset for each child to the same event",
    "a WebSocket close packet ends the session": "socket.io ignores it until the ping timeout",
    "namespaces can be asked without naming a timeout, and reject at once":
      "socket.io has emitWithAck on operators only",
    "the listener given to of() hears of connections also where a pattern matches":
      "socket.io ignores the listener then",
    "a client that upgrades before it has answered a ping, and falls silent, is a ping timeout":
      "socket.io loses the heartbeat in the upgrade",
    "an upgrade is refused where upgrades are not allowed": "socket.io only hides them from the handshake",
    "an option that is undefined means its default": "socket.io takes undefined for the value",
    "a server that was never attached can be closed": "socket.io rejects with a TypeError",
  },
});
