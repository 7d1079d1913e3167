export type * from "./adapter.ts";
export { ADAPTER_ERRORS, AdapterError, type AdapterErrorCode } from "./errors.ts";
export { InMemoryAdapter, inMemoryAdapter } from "./in-memory-adapter.ts";
export { type LoggedPacket, type LogLimits, PacketLog } from "./recovery/packet-log.ts";
export {
  RecoverableInMemoryAdapter,
  type RecoveryOptions,
  recoverableInMemoryAdapter,
} from "./recovery/recovery.ts";
export type { Timing } from "./timing.ts";
export { turnoverMap } from "./turnover-map.ts";
