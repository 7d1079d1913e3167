// The CommonJS part of mixed.mjs, like a framework: it subclasses and patches what it requires.
const socketIo = require("socket.io");

exports.socketIo = socketIo;
exports.patched = [];
exports.Gateway = class extends socketIo.Server {};

const { use } = socketIo.Namespace.prototype;
socketIo.Namespace.prototype.use = function (middleware) {
  exports.patched.push("namespace");
  return use.call(this, middleware);
};
