/** The examples of the API page by heading: for each, in order, the test that runs it. */
export const examples: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  server: {
    "new Server(httpServer, options)": ["on an HTTP server, which the application lets listen"],
    "new Server(port, options)": ["on a port"],
    "new Server(options)": ["with options alone, and listens later"],
    "Event: 'connection'": ["announces clients by %s"],
    "Event: 'new_namespace'": [
      "is announced also when a pattern makes it",
      "may be given a middleware that all share",
      "is announced also when a pattern makes it",
    ],
    "server.sockets": ["that is the main one is at hand as server.sockets"],
    "server.adapter(value)": [
      "every namespace gets an adapter of the chosen kind, and adapter() tells which",
    ],
    "server.attach(httpServer, options)": ["takes an HTTP server by %s"],
    "server.attach(port, options)": ["takes a port by %s"],
    "server.attachApp(app, options)": ["a server is attached to an app of µWebSockets.js"],
    "server.bind(engine)": ["a server is bound to an engine that somebody else attached"],
    "server.close(callback)": [
      "once a server is closed its port is free, and it may be attached there again",
    ],
    "server.disconnectSockets(close)": [
      "are disconnected: those of a room, the one with an id, all",
      "with local, only the sockets of this server are meant",
    ],
    "server.emit(eventName, ...args)": [
      "an event without arguments to everybody",
      "any number of arguments, bytes among them",
      "any number of arguments, bytes among them",
      "to rooms without those of another room",
      "and is called back with one response per client",
    ],
    "server.emitWithAck(eventName, ...args)": [
      "and awaits one response per client",
      "and is called back with one response per client",
      "and awaits one response per client",
    ],
    "server.except(rooms)": ["to all but the members of rooms that are named %s"],
    "server.fetchSockets()": [
      "are fetched: all, those of a room, or the one with an id",
      "a user's last socket is known to be the last when it disconnects",
      "with local, only the sockets of this server are meant",
    ],
    "server.in(room)": ["are disconnected: those of a room, the one with an id, all"],
    "server.of(nsp)": [
      "is the same one whenever it is asked for, and tells its name, adapter and sockets",
      "made of a regular expression knows its name, broadcasts in itself, and its parent in all",
      "made of a function admits who has the token",
    ],
    "server.on(eventName, listener)": ["announces clients by %s"],
    "server.onconnection(socket)": ["a server is handed each connection of an engine"],
    "server.path(value)": [
      "is chosen before the server listens, and must be the client's too",
      "is chosen before the server listens, and must be the client's too",
    ],
    "server.serveClient(value)": ["are not served once serveClient(false) was called before listening"],
    "server.serverSideEmit(eventName, ...args)": [
      "an event, which the sender itself does not hear",
      "an event, which the sender itself does not hear",
      "a question, and is called back with one response per other server",
      "an event, which the sender itself does not hear",
      "a question, and is called back with one response per other server",
    ],
    "server.serverSideEmitWithAck(eventName, ...args)": [
      "a question, and awaits one response per other server",
      "a question, and is called back with one response per other server",
      "a question, and awaits one response per other server",
    ],
    "server.socketsJoin(rooms)": [
      "are made to join: all, those of a room, the one with an id, those of this server",
      "are made to join: all, those of a room, the one with an id, those of this server",
    ],
    "server.socketsLeave(rooms)": [
      "are made to leave: all, those of a room, the one with an id, those of this server",
      "are made to leave: all, those of a room, the one with an id, those of this server",
    ],
    "server.timeout(value)": [
      "and is called back with an error and what it got when some do not answer in time",
    ],
    "server.to(room)": ["to one room, to rooms in a list, and to rooms that are named one by one"],
    "server.use(fn)": ["refuses with a message and data", "refuses with a message and data"],
  },
  namespace: {
    "namespace.adapter": [
      "is the same one whenever it is asked for, and tells its name, adapter and sockets",
    ],
    "namespace.sockets": [
      "is the same one whenever it is asked for, and tells its name, adapter and sockets",
    ],
    "Event: 'connection'": ["announces clients by %s"],
    "namespace.allSockets()": ["are listed by their ids: all, and those of a room"],
    "namespace.disconnectSockets(close)": ["lose their connections too when that is asked for"],
    "namespace.emit(eventName, ...args)": [
      "an event without arguments to everybody",
      "any number of arguments, bytes among them",
      "any number of arguments, bytes among them",
      "to rooms without those of another room",
      "and is called back with one response per client",
    ],
    "namespace.emitWithAck(eventName, ...args)": [
      "and awaits one response per client",
      "and is called back with one response per client",
      "and awaits one response per client",
    ],
    "namespace.except(rooms)": ["to all but the members of rooms that are named %s"],
    "namespace.fetchSockets()": [
      "are fetched: all, those of a room, or the one with an id",
      "tell of themselves once fetched, and can be reached",
      "carries data that fetched sockets show",
    ],
    "namespace.in(room)": ["are disconnected: those of a room, the one with an id, all"],
    "namespace.serverSideEmit(eventName, ...args)": [
      "an event, which the sender itself does not hear",
      "an event, which the sender itself does not hear",
      "a question, and is called back with one response per other server",
      "an event, which the sender itself does not hear",
      "a question, and is called back with one response per other server",
    ],
    "namespace.serverSideEmitWithAck(eventName, ...args)": [
      "a question, and awaits one response per other server",
      "a question, and is called back with one response per other server",
      "a question, and awaits one response per other server",
    ],
    "namespace.socketsJoin(rooms)": [
      "are made to join: all, those of a room, the one with an id, those of this server",
    ],
    "namespace.socketsLeave(rooms)": [
      "are made to leave: all, those of a room, the one with an id, those of this server",
    ],
    "namespace.timeout(value)": [
      "and is called back with an error and what it got when some do not answer in time",
    ],
    "namespace.to(room)": ["to one room, to rooms in a list, and to rooms that are named one by one"],
    "namespace.use(fn)": ["refuses with a message and data", "refuses with a message and data"],
    "Flag: 'local'": ["on this server alone, and what may be lost"],
    "Flag: 'volatile'": ["on this server alone, and what may be lost"],
  },
  socket: {
    "Event: 'disconnect'": ["tells why it was disconnected"],
    "Event: 'disconnecting'": [
      "is still in its rooms while it is disconnecting, of which an async listener keeps a copy",
      "is still in its rooms while it is disconnecting, of which an async listener keeps a copy",
      "does not emit the special event %s",
    ],
    "socket.conn": ["shows its client, and what the connection under it does"],
    "socket.data": ["carries data that fetched sockets show"],
    "socket.handshake": [
      "knows its handshake, in middlewares too",
      "knows its handshake, in middlewares too",
      "knows its handshake, in middlewares too",
    ],
    "socket.recovered": ["has an id of its own, and says whether it was recovered"],
    "socket.request": [
      "shows the cookies of the request that it came with",
      "knows its handshake, in middlewares too",
      "goes on when the request is dropped to save memory",
    ],
    "socket.rooms": ["shows the rooms that it is in"],
    "socket.compress(value)": ["arguments of every kind, compressed or not, and what may be lost"],
    "socket.disconnect(close)": ["is disconnected from its namespace, or with its connection"],
    "socket.emit(eventName, ...args)": [
      "arguments of every kind, compressed or not, and what may be lost",
      "an event that the client acknowledges, to a callback or a promise",
      "an event that the client acknowledges, to a callback or a promise",
    ],
    "socket.emitWithAck(eventName, ...args)": [
      "an event that the client acknowledges, to a callback or a promise",
      "an event that the client does not acknowledge in the given delay",
      "an event that the client acknowledges, to a callback or a promise",
    ],
    "socket.except(rooms)": ["to all but those in a room"],
    "socket.join(room)": [
      "joins rooms and leaves them, and those in the room are told",
      "to a room, to several, and to one other socket, but never to itself",
    ],
    "socket.leave(room)": ["joins rooms and leaves them, and those in the room are told"],
    "socket.listenersAny()": ["are told of every event, in their order, and can be listed and removed"],
    "socket.listenersAnyOutgoing()": [
      "are told of every event, in their order, and can be listed and removed",
    ],
    "socket.offAny(listener)": ["are told of every event, in their order, and can be listed and removed"],
    "socket.offAnyOutgoing(listener)": [
      "are told of every event, in their order, and can be listed and removed",
    ],
    "socket.on(eventName, callback)": [
      "events with one argument, with several, with an acknowledgement, and once",
    ],
    "socket.onAny(callback)": [
      "are told of every event, in their order, and can be listed and removed",
      "are told of no acknowledgement",
    ],
    "socket.onAnyOutgoing(callback)": [
      "are told of every event, in their order, and can be listed and removed",
      "are told of no acknowledgement",
    ],
    "socket.prependAny(callback)": ["are told of every event, in their order, and can be listed and removed"],
    "socket.prependAnyOutgoing(callback)": [
      "are told of every event, in their order, and can be listed and removed",
    ],
    "socket.timeout(value)": ["an event that the client does not acknowledge in the given delay"],
    "socket.to(room)": ["to a room, to several, and to one other socket, but never to itself"],
    "socket.use(fn)": ["filters events by a middleware, whose error it may answer by leaving"],
    "Flag: 'broadcast'": ["to all of them"],
    "Flag: 'volatile'": ["arguments of every kind, compressed or not, and what may be lost"],
  },
  engine: {
    "Event: 'connection_error'": ["tells of connections that it refuses"],
    "Event: 'headers'": ["lets the headers of every response be changed"],
    "Event: 'initial_headers'": [
      "lets the headers of the first response of a session be changed",
      "lets what is looked up before the handshake decide on its headers",
    ],
    "engine.clientsCount": ["counts its clients, also those that are in no namespace"],
    "engine.generateId": ["takes its session ids from a function that may be replaced"],
    "engine.handleUpgrade(request, socket, head)": [
      "takes an upgrade that the application hands over, beside a plain WebSocket server",
    ],
    "engine.use(middleware)": [
      "sees every request, upgrades too",
      "may be the one of express-session, whose session is one for all requests of a client",
      "may be helmet",
    ],
  },
};
