// Event maps accept any name and any arguments, which requires `any` instead of `unknown`.
/* oxlint-disable typescript/no-explicit-any */

/** Constraint of event maps: a listener type for each event name. */
export interface EventsMap {
  [event: string]: any;
}

/** The default map: any event name with any arguments. */
export interface DefaultEventsMap {
  [event: string]: (...args: any[]) => void;
}

/** Event names of a map. */
export type EventNames<Map extends EventsMap> = keyof Map & string;

/** Arguments of an event, including its acknowledgement callback. */
export type EventParams<Map extends EventsMap, Name extends EventNames<Map>> = Parameters<Map[Name]>;

type Callback = (...args: any[]) => any;

/** True if a type is `any`. */
type IsAny<T> = 0 extends 1 & T ? true : false;

/** The last of a list of parameters; `any` if undeclared. */
type Last<Params extends any[]> = Params extends []
  ? undefined
  : Params extends [...any[], infer Final]
    ? Final
    : any;

/** All parameters but the last. */
export type AllButLast<Params extends any[]> = Params extends [...infer Head, any] ? Head : any[];

type WithoutLeadingError<Params extends any[]> =
  IsAny<Params[0]> extends true
    ? Params
    : Params extends [infer First, ...infer Rest]
      ? [First] extends [Error | null | undefined]
        ? Rest
        : Params
      : Params;

/** The first argument of an acknowledgement callback, without a leading error. */
export type FirstAckValue<Ack> = Ack extends (...args: infer Params) => any
  ? WithoutLeadingError<Params> extends [infer Value, ...any[]]
    ? Value
    : WithoutLeadingError<Params> extends []
      ? undefined
      : any
  : any;

/** The value that the acknowledgement of an event resolves to. */
export type AckValue<Map extends EventsMap, Name extends EventNames<Map>> = FirstAckValue<
  Last<EventParams<Map, Name>>
>;

/** Arguments of an event without its acknowledgement callback. */
export type ParamsWithoutAck<Map extends EventsMap, Name extends EventNames<Map>> = AllButLast<
  EventParams<Map, Name>
>;

/** Names of events whose last parameter is an acknowledgement callback. */
export type EventNamesWithAck<Map extends EventsMap> = {
  [Name in EventNames<Map>]: Last<Parameters<Map[Name]>> extends Callback ? Name : never;
}[EventNames<Map>];

/** Names of events without an acknowledgement. */
export type EventNamesWithoutAck<Map extends EventsMap> = {
  [Name in EventNames<Map>]: IsAny<Last<Parameters<Map[Name]>>> extends true
    ? Name
    : Last<Parameters<Map[Name]>> extends Callback
      ? never
      : Name;
}[EventNames<Map>];

/** Names of events whose acknowledgement callback gets an error first, as after `timeout()`. */
export type EventNamesWithFailingAck<Map extends EventsMap> = {
  [Name in EventNames<Map>]: Last<Parameters<Map[Name]>> extends (first: infer First, ...rest: any[]) => any
    ? Error extends First
      ? Name
      : never
    : never;
}[EventNames<Map>];

type MapCallbacks<Params extends any[], Kind extends "timeout" | "responses"> = {
  [Index in keyof Params]: IsAny<Params[Index]> extends true
    ? any
    : Params[Index] extends (...args: infer Args) => infer Result
      ? Kind extends "timeout"
        ? FailingAck<Args, Result>
        : CollectingAck<Args, Result>
      : Params[Index];
};

type FailingAck<Args extends any[], Result> = [Args[0]] extends [Error]
  ? (...args: Args) => Result
  : (error: Error, ...args: Args) => Result;

/** Keeps an empty argument list and a single error; otherwise the first value is collected. */
type CollectingAck<Args extends any[], Result> =
  IsAny<Args[0]> extends true
    ? (error: Error, responses: any[]) => Result
    : Args extends []
      ? () => Result
      : Args extends [Error]
        ? (error: Error) => Result
        : [Args[0]] extends [Error]
          ? (error: Error, responses: FirstAckValue<(...args: Args) => any>[]) => Result
          : (responses: FirstAckValue<(...args: Args) => any>[]) => Result;

type Decorated<Map extends EventsMap, Kind extends "timeout" | "responses"> = {
  [Name in keyof Map]: Map[Name] extends (...args: infer Params) => infer Result
    ? (...args: MapCallbacks<Params, Kind>) => Result
    : Map[Name];
};

/** The map after `timeout()`: acknowledgement callbacks get an error first. */
export type WithTimeout<Map extends EventsMap> = Decorated<Map, "timeout">;

/** The map of a broadcast: acknowledgement callbacks get the list of responses. */
export type WithResponses<Map extends EventsMap> = Decorated<Map, "responses">;

/** Events of a map that can be broadcast without acknowledgements. */
export type WithoutAcks<Map extends EventsMap> = Pick<Map, EventNamesWithoutAck<Map>>;

/** Names accepted by `on`: declared events and events raised by the server. */
export type ListenableNames<Reserved extends EventsMap, Declared extends EventsMap> =
  | EventNames<Reserved>
  | EventNames<Declared>;

/** Listener type of one of these names. */
export type ListenerOf<
  Reserved extends EventsMap,
  Declared extends EventsMap,
  Name extends string,
> = Name extends keyof Reserved
  ? Reserved[Name]
  : Name extends keyof Declared
    ? IsAny<Declared[Name]> extends true
      ? (...args: any[]) => void | Promise<void>
      : Declared[Name]
    : (...args: any[]) => void | Promise<void>;
