const reported = "errors of the application are reported, and leave the process alone";
const told = "who waits is told as soon as the client has left";

/** What Skein does not share with the reference in any case. */
export const alwaysDifferent: Readonly<Record<string, string>> = {
  "an event while a middleware still decides closes the connection":
    "the event is dropped: one namespace's delay should not cost the client the others",
};

/** What Skein does otherwise than the reference unless it is `strict`. */
export const differences: Readonly<Record<string, string>> = {
  ...alwaysDifferent,
  "a timeout is reported even when the client is gone": told,
  "who waits without a timeout never hears of a client that has left": told,
  "what a listener throws is an uncaught exception": reported,
  "what a listener rejects with is an unhandled rejection": reported,
  "what a connection listener throws is an uncaught exception": reported,
  "what a disconnect listener throws is an uncaught exception": reported,
  "what a middleware throws reaches the process": reported,
  "what a middleware rejects with is an unhandled rejection": reported,
  "what a socket middleware throws is an uncaught exception": reported,
  "what an acknowledgement callback throws is an uncaught exception": reported,
};
