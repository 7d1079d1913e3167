import { Server, type ServerOptions } from "engine.io";
import { behaviourOf } from "./behaviour.ts";
import type { Engine } from "./implementation.ts";

const late = "engine.io writes its refusal as text into the open WebSocket";

/** The published engine: it proves that the suite states what its users rely on. */
behaviourOf({
  name: "engine.io",
  createEngine: (options) => new Server(options as ServerOptions) as unknown as Engine,
  knownDifferences: {
    "an empty text is an empty text to the server's listener": "engine.io hands over undefined",
    "a peer that upgrades before it has answered a ping, and falls silent, is a ping timeout":
      "engine.io loses the heartbeat in the upgrade",
    "a peer of revision 3 that falls silent after its upgrade is a ping timeout":
      "engine.io loses the heartbeat in the upgrade",
    "an engine that was closed takes new sessions":
      "engine.io takes WebSockets again only when its HTTP server has listened anew",
    "an option that is undefined means its default": "engine.io takes undefined for the value",
    "an id that is in use is refused, and its session goes on":
      "engine.io forgets the session that had it, and counts both",
    "a client that hears nothing, and gives up when the server does, is a ping timeout on both ends":
      "engine.io has the reason of the end that comes first, by some milliseconds",
    "leave before the engine is closed, as many as there are, in their order":
      "engine.io drops what its transport has not taken",
    "that wait for a poll when the engine is closed leave with the next one, which is the last":
      "engine.io drops what its transport has not taken",
    "that wait for a poll leave on the WebSocket of a client that is just upgrading":
      "engine.io drops what its transport has not taken",
    "of a WebSocket carries a status": "engine.io closes without one",
    "by a close packet over WebSocket": "engine.io ignores it until the ping timeout",
    "a session that began on a WebSocket takes no candidate":
      "engine.io lets a second WebSocket take the session over",
    "a client that tries all the same is turned away": "engine.io only hides upgrades from the handshake",
    "what is sent in one turn leaves in one response":
      "engine.io answers the poll with the first message alone",
    "a message that asks for no compression gets none":
      "engine.io forgets the wish on its way to the WebSocket",
    "what comes with the request is not lost": "engine.io loses what arrives before it has made the session",
    "what arrives while an id is made is not lost":
      "engine.io loses what arrives before it has made the session",
    "code 3: an id that can't be made, before the 101": late,
    "code 5 comes before the 101": late,
    "a path without a slash does not take longer names": "engine.io takes whatever begins like its path",
    "an upgrade that a listener holds is left alone":
      "engine.io ends what has not been answered within destroyUpgradeTimeout",
    "an upgrade that nobody takes is ended, also on a connection that made a request before":
      "engine.io takes the answer to the request for one to the upgrade",
    "two engines at one path: the second is refused": "engine.io has both answer an upgrade",
    "of two engines the longer path has what it matches, whichever came first":
      "engine.io gives requests to the engine that came last, and upgrades to both",
    "a client with the wrong path, where nothing else answers, is told the right one":
      "engine.io never answers",
    "a middleware that sets several cookies keeps them apart on a WebSocket":
      "engine.io joins them with a comma",
    "a middleware's cookie and that of the engine are both sent": "engine.io's own replaces it",
    "headers that a middleware sets are in the refusal of an upgrade": "engine.io leaves them out",
    "a middleware may answer an upgrade by itself": "engine.io ends the connection without an answer",
    "a candidate that is turned away gets no 101": "engine.io accepts the WebSocket and closes it at once",
  },
});
