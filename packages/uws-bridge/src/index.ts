export type { UwsHostOptions } from "./options.ts";
export type { UwsTopicBus } from "./websocket/topics.ts";
export { UwsHost, uwsHost } from "./uws-host.ts";
export type {
  UwsApp,
  UwsBehavior,
  UwsData,
  UwsHandler,
  UwsRequest,
  UwsResponse,
  UwsSocket,
  UwsUpgradeContext,
} from "./uws-types.ts";
