// Published type declarations of `index.ts`. An interface that applications augment must be one
// declaration with its class, so both come from `api.ts`, while `index.ts` exports the values.
export * from "./index.ts";
export { BroadcastOperator, Namespace, RemoteSocket, Socket } from "./api.ts";
