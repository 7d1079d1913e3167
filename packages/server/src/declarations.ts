// What is published as the types of `index.ts`. An interface that applications augment and its class must be one
// declaration, so both come from `api.ts` here, while `index.ts` has the values.
export * from "./index.ts";
export { BroadcastOperator, Namespace, RemoteSocket, Socket } from "./api.ts";
